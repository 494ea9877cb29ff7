import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import {
  type Checkpoint,
  readCheckpoint,
  sparePath,
  writeCheckpoint,
} from '../../../app/engine/training/checkpoint.ts';
import { CheckpointWriter } from '../../../app/engine/training/checkpointWriter.ts';
import { FileCheckpoints } from '../../../app/engine/training/fileCheckpoints.ts';
import { isLimnError } from '../../../app/errors.ts';
import { BEGINNING } from './toyRun.ts';

const folder = mkdtempSync(join(tmpdir(), 'limn-checkpoint-'));
after(() => rmSync(folder, { recursive: true }));

const checkpointOf = (tensors: [string, Float32Array][]): Checkpoint => ({
  seed: 7,
  position: { ...BEGINNING, step: 12, best: { step: 8, validationLoss: 0.25, validationIou: null } },
  points: [
    {
      step: 12,
      seconds: 3.5,
      loss: 0.1,
      learningRate: 1e-3,
      validationLoss: null,
      validationIou: null,
      validationF1: null,
    },
  ],
  tensors: new Map(tensors),
});

test('comes back bit for bit, whatever the numbers and names', () => {
  const path = join(folder, 'a.ckpt');
  const tensor = fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 40 });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.string(), tensor), { selector: ([name]) => name, maxLength: 5 }),
      (tensors) => {
        const checkpoint = checkpointOf(tensors);
        const outcome = writeCheckpoint(path, checkpoint);
        assert.ok(outcome.kind === 'written');
        const { sha256, ...read } = readCheckpoint(path);
        assert.equal(sha256, outcome.sha256);
        assert.deepEqual(read, checkpoint);
      },
    ),
    { numRuns: 50 },
  );
});

test('ends with the SHA-256 of everything before it', () => {
  const path = join(folder, 'b.ckpt');
  writeCheckpoint(path, checkpointOf([['w', Float32Array.of(1, 2, 3)]]));
  const bytes = readFileSync(path);
  const digest = createHash('sha256').update(bytes.subarray(0, -32)).digest();
  assert.deepEqual(bytes.subarray(-32), digest);
  // The tensor stands as little-endian float32 right before it.
  assert.equal(bytes.readFloatLE(bytes.length - 32 - 4), 3);
});

test('a damaged or shortened file is refused by name', () => {
  const path = join(folder, 'c.ckpt');
  writeCheckpoint(path, checkpointOf([['w', new Float32Array(100).fill(0.5)]]));
  const bytes = readFileSync(path);
  for (const damage of [bytes.subarray(0, 50), bytes.subarray(0, -1), Buffer.alloc(0)]) {
    writeFileSync(path, damage);
    assert.throws(
      () => readCheckpoint(path),
      (error) => isLimnError(error, 'CorruptFile') && error.message.includes(path),
    );
  }
  const flipped = Buffer.from(bytes);
  flipped[200]! ^= 1;
  writeFileSync(path, flipped);
  assert.throws(
    () => readCheckpoint(path),
    (error) => isLimnError(error, 'CorruptFile'),
  );
  assert.throws(
    () => readCheckpoint(join(folder, 'none')),
    (error) => isLimnError(error, 'NotFound'),
  );
});

test('values that are not finite leave the earlier file as it was, and nothing lies about', () => {
  const path = join(folder, 'd.ckpt');
  writeCheckpoint(path, checkpointOf([['w', Float32Array.of(1)]]));
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const outcome = writeCheckpoint(
      path,
      checkpointOf([
        ['v', Float32Array.of(0)],
        ['w', Float32Array.of(1, bad)],
      ]),
    );
    assert.deepEqual(outcome, { kind: 'not-finite', tensor: 'w' });
  }
  assert.deepEqual([...(readCheckpoint(path).tensors.get('w') ?? [])], [1]);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('d.')),
    ['d.ckpt'],
  );
});

test('each of many checkpoints of changing size is whole, whatever the file before it leaves', () => {
  const path = join(folder, 'f.ckpt');
  for (const length of [5000, 70_000, 3, 0, 20_000, 20_000]) {
    const checkpoint = checkpointOf([['w', new Float32Array(length).fill(length)]]);
    writeCheckpoint(path, checkpoint);
    const before = readFileSync(path);
    assert.deepEqual(readCheckpoint(path).tensors, checkpoint.tensors);
    // Killed in the middle of the next one, which has begun to write over the spare file.
    writeFileSync(sparePath(path), 'half a checkpoint');
    assert.deepEqual(readFileSync(path), before);
  }
});

test('a closed store leaves the two checkpoints and nothing beside them', async () => {
  const own = mkdtempSync(join(folder, 'store-'));
  const store = new FileCheckpoints(own);
  for (let i = 1; i <= 3; i++) {
    await store.writeLast(checkpointOf([['w', Float32Array.of(i)]]));
    await store.writeBest(checkpointOf([['w', Float32Array.of(-i)]]));
  }
  await store.close();
  assert.deepEqual(readdirSync(own).sort(), ['best.ckpt', 'last.ckpt']);
  assert.deepEqual(readCheckpoint(join(own, 'last.ckpt')).tensors.get('w'), Float32Array.of(3));
  assert.deepEqual(readCheckpoint(join(own, 'best.ckpt')).tensors.get('w'), Float32Array.of(-3));
});

test('the writer thread writes in order and takes the tensors over', async () => {
  const writer = new CheckpointWriter();
  const path = join(folder, 'e.ckpt');
  try {
    const first = checkpointOf([['w', new Float32Array(1000).fill(1)]]);
    const second = checkpointOf([['w', new Float32Array(1000).fill(2)]]);
    const both = Promise.all([writer.write(path, first), writer.write(path, second)]);
    assert.equal(writer.busy, true);
    const [before, { outcome, tensors }] = await both;
    assert.equal(writer.busy, false);
    assert.equal(first.tensors.get('w')?.length, 0);
    // They come back to be filled anew.
    assert.deepEqual(before.tensors.get('w'), new Float32Array(1000).fill(1));
    assert.equal(tensors.get('w')?.[999], 2);
    assert.ok(outcome.kind === 'written');
    const read = readCheckpoint(path);
    assert.equal(read.sha256, outcome.sha256);
    assert.equal(read.tensors.get('w')?.[999], 2);
    await assert.rejects(writer.write(join(folder, 'no', 'folder.ckpt'), checkpointOf([])), /ENOENT/);
  } finally {
    await writer.close();
  }
});
