/** A training run on disk: position, weights, optimiser state; sealed with a SHA-256, replaced atomically, read back bit for bit. */

import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { endianness } from 'node:os';
import { dirname } from 'node:path';
import { LimnError } from '../../errors.ts';

/** Where a run stands. Samples are a pure function of seed and step, so the step is the random state and the sampler's state too. */
export interface TrainingPosition {
  /** Steps done. */
  step: number;
  /** Seconds of training so far, without pauses. */
  seconds: number;
  /** Seconds spent on validation within them. */
  validationSeconds: number;
  /** Factor on the learning rate; below 1 after a divergence. */
  rateFactor: number;
  /** Times that the run diverged and was rolled back. */
  rollbacks: number;
  /** Step and score of the best weights so far, null before the first validation. */
  best: BestScore | null;
  /** Validations since then; earlier checkpoints lack it. */
  validationsSinceBest?: number;
}

export interface BestScore {
  step: number;
  validationLoss: number;
  validationIou: number | null;
}

/** One point of a run's curves. */
export interface TrainerPoint {
  /** Steps done when it was taken. */
  step: number;
  /** Seconds of training so far, without pauses. */
  seconds: number;
  loss: number | null;
  learningRate: number | null;
  validationLoss: number | null;
  validationIou: number | null;
  validationF1: number | null;
}

export interface Checkpoint {
  seed: number;
  position: TrainingPosition;
  /** Points since the checkpoint before, should the host have died before it stored them. */
  points: TrainerPoint[];
  tensors: Map<string, Float32Array>;
}

interface Header {
  format: 'limn-checkpoint';
  formatVersion: 1;
  seed: number;
  position: TrainingPosition;
  points: TrainerPoint[];
  tensors: { name: string; length: number }[];
}

/** Names of the two files that a run keeps in its folder. */
export const LAST_CHECKPOINT = 'last.ckpt';
export const BEST_CHECKPOINT = 'best.ckpt';

const DIGEST_BYTES = 32;

/** What came of writing a checkpoint. */
export type WriteOutcome =
  | {
      kind: 'written';
      sha256: string;
      byteLength: number;
      milliseconds: number;
      /** Processor time that it took from the training beside it, ms. */
      cpuMilliseconds: number;
    }
  /** The named tensor holds a value that is not finite; the file on disk was left as it was. */
  | { kind: 'not-finite'; tensor: string };

/**
 * Writes a checkpoint beside `path`, forces it to the disk and renames it into place, so that `path` is at any
 * moment either the old or the new whole file. Blocks: call it in a worker. The file before stays under the name of
 * {@link sparePath} and is written over by the next call: memory that the system holds for it already takes a tenth
 * of the time of new memory.
 * Layout: uint32 LE header length, JSON header padded to 8 bytes with the length, float32 LE tensors, SHA-256 of all before.
 * @throws DiskFull when the disk is full
 */
export function writeCheckpoint(path: string, checkpoint: Checkpoint): WriteOutcome {
  const started = performance.now();
  const cpu = process.threadCpuUsage();
  for (const [tensor, values] of checkpoint.tensors) {
    if (!allFinite(values)) return { kind: 'not-finite', tensor };
  }
  const spare = sparePath(path);
  const hash = createHash('sha256');
  let byteLength = 0;
  let file: number | null = null;
  try {
    file = openSync(spare, existsSync(spare) ? 'r+' : 'w');
    for (const part of partsOf(checkpoint)) {
      hash.update(part);
      writeFully(file, part);
      byteLength += part.byteLength;
    }
    const digest = hash.digest();
    writeFully(file, digest);
    ftruncateSync(file, byteLength + digest.length);
    fsyncSync(file);
    closeSync(file);
    file = null;
    swap(spare, path);
    syncFolder(dirname(path));
    const milliseconds = performance.now() - started;
    const used = process.threadCpuUsage(cpu);
    return {
      kind: 'written',
      sha256: digest.toString('hex'),
      byteLength: byteLength + DIGEST_BYTES,
      milliseconds,
      cpuMilliseconds: (used.user + used.system) / 1000,
    };
  } catch (cause) {
    if (file !== null) closeSync(file);
    rmSync(spare, { force: true });
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')) {
      throw new LimnError('DiskFull', `The disk is full, so ${path} could not be written; free some space.`, {
        cause,
      });
    }
    throw cause;
  }
}

/** Where the file before the present one waits to be written over; a run that ends removes it. */
export function sparePath(path: string): string {
  return `${path}.spare`;
}

/** Puts `spare` in the place of `path` at once, and what stood there, where the file system has hard links, into that of `spare`. */
function swap(spare: string, path: string): void {
  const before = `${path}.before`;
  rmSync(before, { force: true });
  let isKept = false;
  try {
    linkSync(path, before);
    isKept = true;
  } catch {
    // The first checkpoint, or no hard links here: the next one is written into a new file.
  }
  renameSync(spare, path);
  if (isKept) renameSync(before, spare);
}

function allFinite(values: Float32Array): boolean {
  let sum = 0;
  // x − x is 0 for every finite x and NaN for the rest. An index: iterating takes eight times as long.
  for (let i = 0; i < values.length; i++) sum += values[i]! - values[i]!;
  return sum === 0;
}

function writeFully(file: number, bytes: Uint8Array): void {
  let offset = 0;
  while (offset < bytes.byteLength) offset += writeSync(file, bytes, offset, bytes.byteLength - offset);
}

/** A rename is durable once its folder is; Windows has no such call and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function* partsOf(checkpoint: Checkpoint): Generator<Uint8Array> {
  const header: Header = {
    format: 'limn-checkpoint',
    formatVersion: 1,
    seed: checkpoint.seed,
    position: checkpoint.position,
    points: checkpoint.points,
    tensors: [...checkpoint.tensors].map(([name, values]) => ({ name, length: values.length })),
  };
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil((text.length + 4) / 8) * 8, ' ');
  padded.writeUInt32LE(padded.length - 4, 0);
  text.copy(padded, 4);
  yield padded;
  for (const values of checkpoint.tensors.values()) yield littleEndianBytes(values);
}

function littleEndianBytes(values: Float32Array): Uint8Array {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32();
}

/**
 * Reads a checkpoint back.
 * @throws CorruptFile if the file ends early or its SHA-256 does not fit, NotFound if there is none
 */
export function readCheckpoint(path: string): Checkpoint & { sha256: string } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new LimnError('NotFound', `There is no checkpoint at ${path}; start the run anew.`, { cause });
  }
  const damaged = (): LimnError =>
    new LimnError('CorruptFile', `The checkpoint ${path} is damaged; start the run anew.`, {
      fields: { path },
    });
  const end = bytes.length - DIGEST_BYTES;
  if (end < 8) throw damaged();
  const sha256 = createHash('sha256').update(bytes.subarray(0, end)).digest('hex');
  if (sha256 !== bytes.subarray(end).toString('hex')) throw damaged();
  const headerEnd = 4 + bytes.readUInt32LE(0);
  const header = JSON.parse(bytes.toString('utf8', 4, headerEnd)) as Header;
  if (header.format !== 'limn-checkpoint') throw damaged();
  if (header.formatVersion !== 1) {
    throw new LimnError(
      'ProjectTooNew',
      `The checkpoint ${path} is from a newer Limn; update Limn to go on with it.`,
    );
  }
  const tensors = new Map<string, Float32Array>();
  let offset = headerEnd;
  for (const { name, length } of header.tensors) {
    const part = Buffer.from(bytes.subarray(offset, offset + 4 * length));
    if (endianness() !== 'LE') part.swap32();
    const values = new Float32Array(length);
    Buffer.from(values.buffer).set(part);
    tensors.set(name, values);
    offset += 4 * length;
  }
  return { seed: header.seed, position: header.position, points: header.points, tensors, sha256 };
}

/** As {@link readCheckpoint}, or null where there is no file. */
export function readCheckpointIfAny(path: string): (Checkpoint & { sha256: string }) | null {
  try {
    return readCheckpoint(path);
  } catch (error) {
    if (error instanceof LimnError && error.tag === 'NotFound') return null;
    throw error;
  }
}
