/** Web Worker: cuts objects out of the probabilities of an area, by the same code as the engine. */

import { instancesFromProbabilities } from '../../app/science/instances.ts';
import type { AreaMessage, CutRequest, CutResult } from './objectsMessages.ts';

let area: AreaMessage | null = null;

addEventListener('message', ({ data }: MessageEvent<AreaMessage | CutRequest>) => {
  if (data.type === 'area') {
    area = data;
    return;
  }
  if (!area) return;
  const { labels, classIndexOf } = instancesFromProbabilities({ ...area, parameters: data.parameters });
  const result: CutResult = { areaId: area.areaId, labels, objects: Math.max(0, classIndexOf.length - 1) };
  postMessage(result, { transfer: [labels.buffer] });
});
