import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import { copyProject } from '../../app/services/copyProject.ts';
import { checkProject } from '../../app/services/doctorService.ts';
import { applyEdit } from '../../app/services/labelService.ts';
import { createProject, openProject } from '../../app/services/project.ts';
import { addImage, temporaryFolder } from '../store/testProject.ts';
import { runLimn } from '../support/runLimn.ts';

async function prepare(context: TestContext) {
  const folder = temporaryFolder(context);
  const project = createProject(join(folder, 'p.limn'), { classes: ['cell'] });
  context.after(() => project.close());
  const imageId = await addImage(project.store, { y: 512, x: 512 });
  const paint = (label: number) =>
    applyEdit(
      project,
      imageId,
      {
        t: 0,
        z: 0,
        kind: 'brush',
        regions: [{ x: label, y: 0, w: 1, h: 512 }],
        created: [{ label, classId: 1 }],
      },
      [new Uint32Array(512).fill(label)],
    );
  return { folder, project, imageId, paint };
}

test('a copy made while painting goes on is a whole project, with its checkpoints', async (context) => {
  const { folder, project, imageId, paint } = await prepare(context);
  for (let label = 2; label < 30; label++) paint(label);
  mkdirSync(join(project.runsFolder, '1'), { recursive: true });
  writeFileSync(join(project.runsFolder, '1', 'best.ckpt'), 'weights');
  const copying = copyProject(project, 'copy', folder);
  for (let label = 30; label < 60; label++) {
    paint(label);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { path, runs } = await copying;
  assert.deepEqual([path, runs], [join(folder, 'copy.limn'), 1]);
  assert.equal(readFileSync(join(folder, 'copy.limn-runs', '1', 'best.ckpt'), 'utf8'), 'weights');
  const copy = openProject(path, { mode: 'write' });
  context.after(() => copy.close());
  const labels = copy.store.labels.readPlane(imageId, 0, 0);
  const objects = copy.store.objects.list(imageId);
  assert.ok(objects.length >= 28 && objects.length <= 58, String(objects.length));
  for (const { label, pixels } of objects) {
    assert.equal(pixels, 512);
    assert.equal(labels[511 * 512 + label], label);
  }
  assert.equal(labels.filter((label) => label !== 0).length, 512 * objects.length);
  assert.deepEqual(copy.store.checkDatabase(), []);
  paint(100);
  assert.equal(copy.store.objects.find(imageId, 100), undefined, 'the copy is on its own');
});

test('a copy never writes over a file, and leaves nothing where it fails', async (context) => {
  const { folder, project } = await prepare(context);
  writeFileSync(join(folder, 'there.limn'), 'mine');
  mkdirSync(join(folder, 'other.limn-runs'));
  for (const to of ['there.limn', 'there', 'other', 'p.limn', 'nowhere/copy']) {
    await assert.rejects(copyProject(project, to, folder), (error) => isLimnError(error, 'InvalidInput'), to);
  }
  assert.equal(readFileSync(join(folder, 'there.limn'), 'utf8'), 'mine');
  assert.deepEqual(
    readdirSync(folder).filter((name) => /part|nowhere/.test(name)),
    [],
  );
});

test('while a training goes on the copy is refused', async (context) => {
  const { folder, project } = await prepare(context);
  project.store.runs.create({}, 'running');
  await assert.rejects(copyProject(project, 'copy', folder), (error) => isLimnError(error, 'LabelConflict'));
  assert.equal(existsSync(join(folder, 'copy.limn')), false);
});

test('limn copy copies a project that is open elsewhere', async (context) => {
  const { folder, project, imageId, paint } = await prepare(context);
  paint(2);
  const { code, stdout } = await runLimn('copy', project.path, join(folder, 'c.limn'));
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^Wrote .*c\.limn/);
  const copy = openProject(join(folder, 'c.limn'), { mode: 'read' });
  const pixels = copy.store.objects.get(imageId, 2).pixels;
  copy.close();
  assert.equal(pixels, 512);
  assert.deepEqual(
    (await checkProject(join(folder, 'c.limn'))).findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.equal((await runLimn('copy', project.path, join(folder, 'c.limn'))).code, 3);
});
