/** Prepares the batches of the coming steps in worker threads while the device works on the present one. */

import { Piscina } from 'piscina';
import { entryPath } from '../../entryPoints.ts';
import type { AugmentationOptions } from '../../science/augment.ts';
import type { ShapeYX } from '../../science/geometry.ts';
import type { TrainingPlane } from '../../science/trainingSample.ts';
import type { SampleSource, TrainingBatch } from './trainerParts.ts';

export interface SampleWorkerData {
  /** Arrays over SharedArrayBuffers. */
  planes: TrainingPlane[];
  sampling: { density: 'labelled' | 'fiji'; backgroundDensity: number };
  draw: { seed: number; inputShape: ShapeYX; outputShape: ShapeYX; augmentation: AugmentationOptions };
  /** Places for the batches under way. */
  ring: TrainingBatch[];
}

export interface SampleTask {
  step: number;
  slot: number;
  entry: number;
}

export interface SamplePoolOptions extends Omit<SampleWorkerData, 'ring'> {
  batchSize: number;
  /** Batches prepared ahead. */
  ahead: number;
  workers: number;
}

export class SamplePool implements SampleSource {
  readonly #pool: Piscina;
  readonly #ring: TrainingBatch[];
  readonly #batchSize: number;
  /** By step: which entry of the ring it goes to, and when it is there. */
  readonly #underWay = new Map<number, { entry: number; ready: Promise<void> }>();

  constructor(options: SamplePoolOptions) {
    this.#batchSize = options.batchSize;
    const { planes, sampling, draw } = options;
    const channels = planes[0]?.channels.length ?? 0;
    this.#ring = Array.from({ length: options.ahead + 1 }, () =>
      sharedBatch(options.batchSize, channels, draw.inputShape, draw.outputShape),
    );
    const workerData: SampleWorkerData = { planes, sampling, draw, ring: this.#ring };
    this.#pool = new Piscina({
      filename: entryPath('sampleWorker'),
      workerData,
      minThreads: options.workers,
      maxThreads: options.workers,
      idleTimeout: Number.POSITIVE_INFINITY,
      // A step blocks this thread, so the whole prefetch must already be with the workers when it begins.
      concurrentTasksPerWorker: Math.ceil((this.#ring.length * options.batchSize) / options.workers),
    });
  }

  /** The batch of `step`, in memory of its own; the steps after it are put under way. */
  async take(step: number): Promise<TrainingBatch> {
    if (this.#underWay.size > 0 && !this.#underWay.has(step)) await this.#forget();
    for (let next = step; next < step + this.#ring.length; next++) this.#begin(next);
    const current = this.#underWay.get(step);
    const source = current && this.#ring[current.entry];
    if (!source) throw new RangeError(`SamplePool.take: step ${step} was not begun`);
    await current.ready;
    const batch: TrainingBatch = {
      image: new Float32Array(source.image),
      target: new Uint8Array(source.target),
      weight: new Float32Array(source.weight),
    };
    this.#underWay.delete(step);
    this.#begin(step + this.#ring.length);
    return batch;
  }

  async close(): Promise<void> {
    await this.#forget();
    await this.#pool.destroy();
  }

  #begin(step: number): void {
    if (this.#underWay.has(step)) return;
    const entry = step % this.#ring.length;
    const draws = Array.from({ length: this.#batchSize }, (_, slot) =>
      this.#pool.run({ step, slot, entry } satisfies SampleTask),
    );
    const ready = Promise.all(draws).then(() => undefined);
    // The failure is met where the batch is taken; until then it must not count as unhandled.
    ready.catch(() => undefined);
    this.#underWay.set(step, { entry, ready });
  }

  /** Waits for what is under way, so that no worker writes into an entry that is given out anew. */
  async #forget(): Promise<void> {
    await Promise.allSettled([...this.#underWay.values()].map(({ ready }) => ready));
    this.#underWay.clear();
  }
}

function sharedBatch(batchSize: number, channels: number, input: ShapeYX, output: ShapeYX): TrainingBatch {
  const inputs = batchSize * channels * input.y * input.x;
  const outputs = batchSize * output.y * output.x;
  return {
    image: new Float32Array(new SharedArrayBuffer(4 * inputs)),
    target: new Uint8Array(new SharedArrayBuffer(outputs)),
    weight: new Float32Array(new SharedArrayBuffer(4 * outputs)),
  };
}
