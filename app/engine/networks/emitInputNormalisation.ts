/** Input normalisation inside an exported model: the same numbers as `science/normalise.ts` gives for an image of finite values. */

import { HIGH_PERCENTILE, LOW_PERCENTILE } from '../../science/normalise.ts';
import type { Graph } from '../graph/graph.ts';
import {
  add,
  cast,
  divide,
  equal,
  greater,
  multiply,
  reduceMaximum,
  reduceMean,
  reduceMinimum,
  reshape,
  squareRoot,
  subtract,
  where,
} from '../graph/nodes.ts';
import { dimension, UNKNOWN, type Value } from '../graph/value.ts';
import type { InputNormalisation } from '../modelDescription.ts';

/**
 * image: float32 [1, C, H, W] → value · scale + offset, one scale and offset a channel, found in double precision.
 * A channel of one value becomes 0.
 */
export function emitInputNormalisation(graph: Graph, image: Value, mode: InputNormalisation): Value {
  if (mode === 'none') return image;
  const channels = dimension(image, 1);
  const pixels = reshape(graph, cast(graph, image, 'float64'), [channels, UNKNOWN]);
  const { scale, offset } = mode === 'z-score' ? standardise(graph, pixels) : mapToUnit(graph, pixels, mode);
  const perChannel = (value: Value): Value =>
    reshape(graph, cast(graph, value, 'float32'), [1, channels, 1, 1]);
  return add(graph, multiply(graph, image, perChannel(scale)), perChannel(offset));
}

interface ScaleOffset {
  readonly scale: Value;
  readonly offset: Value;
}

const double = (graph: Graph, value: number): Value => graph.constant('float64', [value]);

function standardise(graph: Graph, pixels: Value): ScaleOffset {
  const mean = reduceMean(graph, pixels, [1], true);
  const centred = subtract(graph, pixels, mean);
  const deviation = squareRoot(graph, reduceMean(graph, multiply(graph, centred, centred), [1], true));
  const low = reduceMinimum(graph, pixels, [1], true);
  const flat = equal(graph, low, reduceMaximum(graph, pixels, [1], true));
  const one = double(graph, 1);
  const scale = where(graph, flat, one, divide(graph, one, where(graph, flat, one, deviation)));
  return {
    scale,
    offset: subtract(graph, double(graph, 0), multiply(graph, where(graph, flat, low, mean), scale)),
  };
}

function mapToUnit(graph: Graph, pixels: Value, mode: 'min-max' | 'percentile'): ScaleOffset {
  let low = reduceMinimum(graph, pixels, [1], true);
  let high = reduceMaximum(graph, pixels, [1], true);
  if (mode === 'percentile') {
    const lower = percentile(graph, pixels, LOW_PERCENTILE);
    const upper = percentile(graph, pixels, HIGH_PERCENTILE);
    const spread = greater(graph, upper, lower);
    low = where(graph, spread, lower, low);
    high = where(graph, spread, upper, high);
  }
  const one = double(graph, 1);
  const range = subtract(graph, high, low);
  const varied = greater(graph, range, double(graph, 0));
  const scale = divide(graph, one, where(graph, varied, range, one));
  return { scale, offset: subtract(graph, double(graph, 0), multiply(graph, low, scale)) };
}

/** pixels: [C, n] → [C, 1], by linear interpolation between order statistics; only the shorter tail is sorted. */
function percentile(graph: Graph, pixels: Value, rank: number): Value {
  const channels = dimension(pixels, 0);
  const column = { type: 'float64' as const, shape: [channels, 1] };
  const shape = graph.node('Shape', [pixels], {}, { type: 'int64', shape: [2] });
  const count = graph.node(
    'Gather',
    [shape, graph.constant('int64', [1])],
    { axis: 0 },
    { type: 'int64', shape: [1] },
  );
  const last = subtract(graph, count, graph.constant('int64', [1]));
  const position = multiply(graph, cast(graph, last, 'float64'), double(graph, rank / 100));
  const below = graph.node('Floor', [position], {}, { type: 'float64', shape: [1] });
  const fraction = subtract(graph, position, below);
  const index = cast(graph, below, 'int64');
  const next = add(graph, index, cast(graph, greater(graph, cast(graph, last, 'float64'), below), 'int64'));
  const fromTop = rank > 50;
  const one = graph.constant('int64', [1]);
  const rankOf = (i: Value): Value => (fromTop ? subtract(graph, last, i) : i);
  const taken = add(graph, fromTop ? rankOf(index) : next, one);
  const types = [
    { type: 'float64' as const, shape: [channels, UNKNOWN] },
    { type: 'int64' as const, shape: [channels, UNKNOWN] },
  ];
  const [sorted] = graph.manyOutputs(
    'TopK',
    [pixels, taken],
    { axis: 1, largest: fromTop ? 1 : 0, sorted: 1 },
    types,
  );
  const at = (i: Value): Value => graph.node('Gather', [sorted!, rankOf(i)], { axis: 1 }, column);
  return add(graph, at(index), multiply(graph, subtract(graph, at(next), at(index)), fraction));
}
