/** Test support: a batch of made-up images with labels of every kind, the same for the same number. */

import { sizeOf } from '../../../app/engine/graph/value.ts';
import type { TrainingLayout } from '../../../app/engine/training/buildTrainingModel.ts';
import { wave } from '../graph/runGraph.ts';

export function sampleFeeds(
  model: TrainingLayout,
  number: number,
): { image: Float32Array; target: Uint8Array; weight: Float32Array } {
  const size = (feed: string): number => sizeOf(model.feeds.find(({ name }) => name === feed)!.shape);
  const classes = model.parameters.find(({ name }) => name === 'score.bias')!.shape[0]!;
  return {
    image: wave(size('image'), number + 21),
    target: Uint8Array.from({ length: size('target') }, (_, i) => (i * 5 + number) % (classes + 1)),
    weight: wave(size('weight'), number + 41).map((value) => value + 1),
  };
}
