/** Web Worker: the separation-border weight map of the labels on view, by the same code that training uses. */

import { trainingTarget } from '../../app/science/trainingTarget.ts';
import { classWeights, countClasses, weightMap } from '../../app/science/weightMap.ts';
import { HEAT_TABLE } from '../canvas/heatColours.ts';
import type { WeightMapRequest, WeightMapResult } from './weightMapMessages.ts';

addEventListener('message', (event: MessageEvent<WeightMapRequest>) => {
  const result = answer(event.data);
  postMessage(result, { transfer: [result.weights.buffer, result.picture.buffer] });
});

function answer(request: WeightMapRequest): WeightMapResult {
  const started = performance.now();
  const { labels, shape, preset, w0, sigmaPx } = request;
  const classOfLabel = new Map(request.classOfLabel);
  const regions = new Set(request.regions);
  const { target, objects, classOfObject } = trainingTarget({
    labels,
    shape,
    classIndexOf: (label) => classOfLabel.get(label) ?? 1,
    isRegion: (label) => regions.has(label),
  });
  const weights = weightMap({
    target,
    objects,
    shape,
    preset,
    w0,
    sigmaPx,
    classWeights: classWeights(countClasses(target, request.classes + 1)),
    classOfObject,
  });
  let maximum = 0;
  for (let i = 0; i < weights.length; i++) maximum = Math.max(maximum, weights[i]!);
  const picture = new Uint8ClampedArray(weights.length * 4);
  const words = new Uint32Array(picture.buffer);
  const scale = maximum > 0 ? 255 / maximum : 0;
  for (let i = 0; i < weights.length; i++) {
    if (target[i] !== 0) words[i] = HEAT_TABLE[Math.round(weights[i]! * scale)]!;
  }
  return {
    requestId: request.requestId,
    weights: weights as Float32Array<ArrayBuffer>,
    maximum,
    picture,
    milliseconds: performance.now() - started,
  };
}
