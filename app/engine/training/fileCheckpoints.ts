/** The checkpoints of a run in its folder: `last.ckpt` to go on from, `best.ckpt` with the best weights by validation. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  BEST_CHECKPOINT,
  type Checkpoint,
  LAST_CHECKPOINT,
  readCheckpointIfAny,
  sparePath,
  type WriteOutcome,
} from './checkpoint.ts';
import { CheckpointWriter } from './checkpointWriter.ts';
import type { CheckpointStore } from './trainerParts.ts';

export class FileCheckpoints implements CheckpointStore {
  readonly #writer = new CheckpointWriter();
  readonly #folder: string;
  #spare: Map<string, Float32Array> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get busy(): boolean {
    return this.#writer.busy;
  }

  async writeLast(checkpoint: Checkpoint): Promise<WriteOutcome> {
    const { outcome, tensors } = await this.#writer.write(join(this.#folder, LAST_CHECKPOINT), checkpoint);
    this.#spare = tensors;
    return outcome;
  }

  async writeBest(checkpoint: Checkpoint): Promise<WriteOutcome> {
    return (await this.#writer.write(join(this.#folder, BEST_CHECKPOINT), checkpoint)).outcome;
  }

  takeSpare(): Map<string, Float32Array> | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare;
  }

  readLast(): Checkpoint | null {
    return readCheckpointIfAny(join(this.#folder, LAST_CHECKPOINT));
  }

  readBest(): Checkpoint | null {
    return readCheckpointIfAny(join(this.#folder, BEST_CHECKPOINT));
  }

  async close(): Promise<void> {
    await this.#writer.close();
    for (const name of [LAST_CHECKPOINT, BEST_CHECKPOINT]) {
      rmSync(sparePath(join(this.#folder, name)), { force: true });
    }
  }
}
