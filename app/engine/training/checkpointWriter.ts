/** Hands checkpoints to a worker thread, one at a time, and tells when each is safe on disk. */

import { Worker } from 'node:worker_threads';
import { entryPath } from '../../entryPoints.ts';
import { deserialiseError, LimnError, type SerialisedError } from '../../errors.ts';
import type { Checkpoint, WriteOutcome } from './checkpoint.ts';

export interface CheckpointTask {
  path: string;
  checkpoint: Checkpoint;
}

export type CheckpointReply = { outcome: WriteOutcome } | { error: SerialisedError };

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
   * so the caller gives them away.
   * @throws DiskFull and other failures of the disk
   */
  async write(path: string, checkpoint: Checkpoint): Promise<WriteOutcome> {
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

  #send(task: CheckpointTask): Promise<WriteOutcome> {
    return new Promise((resolve, reject) => {
      const stopListening = (): void => {
        this.#worker.off('message', onReply);
        this.#worker.off('error', onLost);
        this.#worker.off('exit', onLost);
      };
      const onReply = (reply: CheckpointReply): void => {
        stopListening();
        if ('outcome' in reply) resolve(reply.outcome);
        else reject(deserialiseError(reply.error));
      };
      const onLost = (cause: unknown): void => {
        stopListening();
        reject(new LimnError('EngineLost', 'The checkpoint writer ended; resume the run.', { cause }));
      };
      this.#worker.on('message', onReply);
      this.#worker.on('error', onLost);
      this.#worker.on('exit', onLost);
      const buffers = new Set<ArrayBuffer>();
      for (const values of task.checkpoint.tensors.values()) {
        if (values.buffer instanceof ArrayBuffer && values.byteLength === values.buffer.byteLength) {
          buffers.add(values.buffer);
        }
      }
      this.#worker.postMessage(task, [...buffers]);
    });
  }
}
