/** Hands checkpoints to a worker thread, one at a time, and tells when each is safe on disk. */

import { Worker } from 'node:worker_threads';
import { entryPath } from '../../entryPoints.ts';
import { deserialiseError, LimnError, type SerialisedError } from '../../errors.ts';
import type { Checkpoint, WriteOutcome } from './checkpoint.ts';

export interface CheckpointTask {
  path: string;
  checkpoint: Checkpoint;
}

/** The tensors come back, so that the next state can be copied into memory that is warm: four times as fast. */
export type CheckpointReply =
  | { outcome: WriteOutcome; tensors: Map<string, Float32Array> }
  | { error: SerialisedError };

export interface Written {
  outcome: WriteOutcome;
  tensors: Map<string, Float32Array>;
}

export class CheckpointWriter {
  readonly #worker = new Worker(entryPath('checkpointWorker'));
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor() {
    this.#worker.setMaxListeners(0);
  }

  /** True while a write is under way; a new one should wait for the next boundary. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /**
   * Writes after all writes asked for before. The tensors are moved to the worker where they own their memory,
   * so the caller gives them away; the result holds them again.
   * @throws DiskFull and other failures of the disk
   */
  async write(path: string, checkpoint: Checkpoint): Promise<Written> {
    this.#waiting++;
    const turn = this.#last.then(() => this.#send({ path, checkpoint }));
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  /** Resolves once nothing is being written any more. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#worker.terminate();
  }

  #send(task: CheckpointTask): Promise<Written> {
    return new Promise((resolve, reject) => {
      const stopListening = (): void => {
        this.#worker.off('message', onReply);
        this.#worker.off('error', onLost);
        this.#worker.off('exit', onLost);
      };
      const onReply = (reply: CheckpointReply): void => {
        stopListening();
        if ('outcome' in reply) resolve(reply);
        else reject(deserialiseError(reply.error));
      };
      const onLost = (cause: unknown): void => {
        stopListening();
        reject(new LimnError('EngineLost', 'The checkpoint writer ended; resume the run.', { cause }));
      };
      this.#worker.on('message', onReply);
      this.#worker.on('error', onLost);
      this.#worker.on('exit', onLost);
      this.#worker.postMessage(task, ownedBuffers(task.checkpoint.tensors));
    });
  }
}

/** Memory that can be moved to another thread: of tensors that own theirs. */
export function ownedBuffers(tensors: ReadonlyMap<string, Float32Array>): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer, byteLength } of tensors.values()) {
    if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffers.add(buffer);
  }
  return [...buffers];
}
