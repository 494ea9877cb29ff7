/** What a training step is fed and gives, whichever engine runs it, and how the batch of an update is cut into passes. */

export interface StepFeeds {
  /** [N, C, H, W]; where gradients are accumulated, the tiles of all passes one after another. */
  readonly image: Float32Array;
  /** [N, 1, h, w] 0 unlabelled, 1 background, 1 + k class k. */
  readonly target: Uint8Array;
  /** [N, 1, h, w] */
  readonly weight: Float32Array;
  readonly learningRate: number;
  /** Any 32-bit integer, another at each step (see {@link dropoutSeedOf}); only read where the network drops out. */
  readonly dropoutSeed?: number;
}

export interface StepOutcome {
  readonly loss: number;
  /** Norm of the gradient before clipping, where clipping is on. */
  readonly gradientNorm?: number;
}

/** A training step of a network on an engine; its state lives there from step to step. */
export interface NetworkStep {
  /**
   * Sets weights and state; state that is missing starts afresh.
   * @param given whether the arrays are given away, and may be written over; else they are copied
   * @throws InvalidInput where a weight is missing or of another size
   */
  load(state: ReadonlyMap<string, Float32Array>, given?: boolean): void;
  /** One optimiser step, of one pass or more. Throws Error before {@link load}. */
  run(feeds: StepFeeds): Promise<StepOutcome>;
  /** Weights and state in arrays of the caller's own; in the given ones where they fit and the engine can. */
  read(into?: ReadonlyMap<string, Float32Array>): Promise<Map<string, Float32Array>>;
  dispose(): Promise<void>;
}

/** The dropout seed of a step: seed and step mixed into 32 bits. */
export function dropoutSeedOf(seed: number, step: number): number {
  return (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul((step + 1) | 0, 0x85ebca77)) | 0;
}

/** What one run of a session may be fed. */
export interface PassFeeds extends StepFeeds {
  /** The part of all weights that lies in this pass. */
  share?: number;
  /** 0 forgets the sums of gradients so far, 1 keeps them. */
  keep?: number;
}

/** The passes of an update: equal parts of its batch, each with its share of the weights and dropout of its own. */
export function splitPasses(feeds: StepFeeds, count: number): (PassFeeds & { share: number })[] {
  const total = labelledWeight(feeds);
  const part = <T extends Float32Array | Uint8Array>(values: T, index: number): T => {
    const length = values.length / count;
    return values.slice(index * length, (index + 1) * length) as T;
  };
  return Array.from({ length: count }, (_, index) => {
    const own = { target: part(feeds.target, index), weight: part(feeds.weight, index) };
    return {
      ...feeds,
      ...own,
      image: part(feeds.image, index),
      share: total > 0 ? labelledWeight(own) / total : 1 / count,
      dropoutSeed: dropoutSeedOf(feeds.dropoutSeed ?? 0, index),
    };
  });
}

/** What the loss divides by: an unlabelled pixel counts for nothing, whatever its weight. */
function labelledWeight({ target, weight }: Pick<StepFeeds, 'target' | 'weight'>): number {
  let sum = 0;
  for (let i = 0; i < weight.length; i++) if (target[i]! > 0) sum += weight[i]!;
  return sum;
}

/** The values in the caller's array where it fits: memory that was touched before is filled four times as fast as new memory. */
export function copyInto(target: Float32Array | undefined, values: Float32Array): Float32Array {
  if (target?.length !== values.length) return values.slice();
  target.set(values);
  return target;
}
