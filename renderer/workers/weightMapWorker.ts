/** Web Worker: the separation border of a part of the labels, by the same code that training uses; class weights are added when drawn. */

import { trainingTarget } from '../../app/science/trainingTarget.ts';
import { FIJI_BACKGROUND_WEIGHT, weightMap } from '../../app/science/weightMap.ts';
import type { ObjectsMessage, WeightAreaRequest, WeightAreaResult } from './weightMapMessages.ts';

const classOfLabel = new Map<number, number>();
let regions = new Set<number>();
let classes = 1;

addEventListener('message', (event: MessageEvent<ObjectsMessage | WeightAreaRequest>) => {
  const message = event.data;
  if (message.type === 'objects') {
    classOfLabel.clear();
    const pairs = message.classOfLabel;
    for (let i = 0; i < pairs.length; i += 2) classOfLabel.set(pairs[i]!, pairs[i + 1]!);
    regions = new Set(message.regions);
    classes = message.classes;
    return;
  }
  const result = answer(message);
  const transfer = [result.target.buffer, ...(result.border ? [result.border.buffer] : [])];
  postMessage(result, { transfer });
});

function answer({
  requestId,
  labels,
  shape,
  inner,
  preset,
  w0,
  sigmaPx,
}: WeightAreaRequest): WeightAreaResult {
  const started = performance.now();
  const { target, objects, classOfObject } = trainingTarget({
    labels,
    shape,
    classIndexOf: (label) => classOfLabel.get(label) ?? 1,
    isRegion: (label) => regions.has(label),
  });
  // The smallest weight that background can have stands in for it and is taken off again: what is left is the border.
  const base = preset === 'fiji' ? FIJI_BACKGROUND_WEIGHT : 1 / (classes + 1);
  const classWeights = Float64Array.from({ length: classes + 1 }, (_, k) => (k === 0 ? base : 0));
  const weights = weightMap({ target, objects, shape, preset, w0, sigmaPx, classWeights, classOfObject });
  const part = new Uint8Array(inner.w * inner.h);
  let border: Float32Array | null = null;
  for (let y = 0; y < inner.h; y++) {
    const from = (inner.y + y) * shape.x + inner.x;
    for (let x = 0; x < inner.w; x++) {
      const value = target[from + x]!;
      part[y * inner.w + x] = value;
      const added = value === 1 ? weights[from + x]! - base : 0;
      if (added <= 0) continue;
      border ??= new Float32Array(inner.w * inner.h);
      border[y * inner.w + x] = added;
    }
  }
  return { requestId, target: part, border, milliseconds: performance.now() - started };
}
