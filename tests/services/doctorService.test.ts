import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCheckpoint } from '../../app/engine/training/checkpoint.ts';
import { checkProject } from '../../app/services/doctorService.ts';
import { createProject, openProject } from '../../app/services/project.ts';
import { addImage, temporaryFolder } from '../store/testProject.ts';

/** Replaces the only place in a file that holds `from`. */
function patchFile(path: string, from: Buffer, to: Buffer): void {
  const bytes = readFileSync(path);
  const at = bytes.indexOf(from);
  assert.ok(at >= 0 && bytes.indexOf(from, at + 1) < 0, 'the bytes occur once');
  to.copy(bytes, at);
  writeFileSync(path, bytes);
}

test('a sound project has no findings, also while it is open and painted in', async (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  const project = createProject(path, { classes: ['cell'] });
  const imageId = await addImage(project.store, { y: 300, x: 20 });
  const labels = new Uint32Array(6000).fill(2);
  const regions = [{ x: 0, y: 0, w: 20, h: 300, labels }];
  const created = [{ label: 2, classId: 1 }];
  project.store.edits.apply({ imageId, t: 0, z: 0, kind: 'brush', regions, created });
  assert.deepEqual(await checkProject(path), { ok: true, findings: [] });
  project.close();
  assert.deepEqual(await checkProject(path), { ok: true, findings: [] });
});

test('a flipped bit in an image is found and named', async (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  const project = createProject(path);
  // Noise does not compress: its bytes lie in the file as they are.
  const noise = Uint8Array.from({ length: 3000 }, (_, i) => Math.imul(i + 1, 2_654_435_761) >>> 24);
  await addImage(project.store, { y: 30, x: 100 }, { name: 'cells', pixelsOf: () => noise });
  project.close();
  const part = Buffer.from(noise.subarray(100, 140));
  const flipped = Buffer.from(part);
  flipped[3] = (flipped[3] ?? 0) ^ 4;
  patchFile(path, part, flipped);
  const report = await checkProject(path);
  assert.equal(report.ok, false);
  assert.equal(report.findings.length, 1);
  assert.match(report.findings[0]?.message ?? '', /tile \(0, 0\).*'cells'/);
});

test('a model whose bytes have changed is found', async (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  const project = createProject(path);
  const bytes = Buffer.from('weights that are easily found in the file');
  project.store.models.add(
    { name: 'm', runId: null, role: 'best', step: 1, description: {}, parameters: 1, validationLoss: null },
    bytes,
  );
  project.close();
  patchFile(path, bytes, Buffer.from('Weights'));
  const report = await checkProject(path);
  assert.deepEqual([report.ok, report.findings.length], [false, 1]);
  assert.match(report.findings[0]?.message ?? '', /Model 1/);
});

test('checkpoints that are missing, changed or belong to nobody are told apart', async (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  const project = createProject(path);
  const { runsFolder } = project;
  const { runId } = project.store.runs.create({ steps: 1 });
  const checkpointPath = `${runId}/last.ckpt`;
  // As after a kill between the file and its row: the row knows an older checkpoint.
  project.store.runs.update(runId, { state: 'stopped', checkpointPath, checkpointSha256: '0'.repeat(64) });
  project.close();
  mkdirSync(join(runsFolder, String(runId)), { recursive: true });
  writeCheckpoint(join(runsFolder, checkpointPath), {
    seed: 1,
    position: { step: 1, seconds: 1, validationSeconds: 0, rateFactor: 1, rollbacks: 0, best: null },
    points: [],
    tensors: new Map([['w', Float32Array.of(1, 2)]]),
  });
  assert.deepEqual(await checkProject(path), { ok: true, findings: [] });

  writeFileSync(join(runsFolder, checkpointPath), 'something else');
  assert.match((await checkProject(path)).findings[0]?.message ?? '', /damaged/);
  rmSync(join(runsFolder, checkpointPath));
  const missing = await checkProject(path);
  assert.deepEqual([missing.ok, missing.findings[0]?.severity], [true, 'warning']);
  const reopened = openProject(path, { mode: 'write' });
  reopened.store.runs.update(runId, { state: 'finished' });
  reopened.close();
  assert.deepEqual((await checkProject(path)).findings, []);
  mkdirSync(join(runsFolder, '77'));
  assert.match((await checkProject(path)).findings.at(-1)?.message ?? '', /belongs to no run/);
});

test('a run that was cut off is a note, not damage', async (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  const project = createProject(path);
  project.store.runs.create({ steps: 1 }, 'running');
  assert.deepEqual((await checkProject(path)).findings, []);
  project.close();
  const report = await checkProject(path);
  assert.deepEqual([report.ok, report.findings[0]?.severity], [true, 'note']);
});

test('a file cut off in the middle is a finding that names it, not a call for the doctor', async (context) => {
  const path = join(temporaryFolder(context), 'cut.limn');
  const project = createProject(path);
  await addImage(project.store, { y: 300, x: 200 });
  project.close();
  writeFileSync(path, readFileSync(path).subarray(0, 30_000));
  const { ok, findings } = await checkProject(path);
  assert.equal(ok, false);
  assert.equal(findings[0]?.severity, 'error');
  assert.match(findings[0].message, /damaged/);
  assert.doesNotMatch(findings[0].message, /limn doctor/);
});
