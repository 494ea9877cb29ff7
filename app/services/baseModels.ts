/** Models to fine-tune that `npm run base-models` trains on simulated images only; not in the repository yet. */

import { fileURLToPath } from 'node:url';
import type { SampleKind } from './sampleService.ts';

/** Named after what they were trained on. */
export const BASE_MODELS: readonly SampleKind[] = ['nuclei', 'membranes'];

export function isBaseModel(name: string): name is SampleKind {
  return BASE_MODELS.some((one) => one === name);
}

/** Its ONNX file: the way is the same from the source tree (app/services) and from the packaged app (out/main). */
export function baseModelPath(name: SampleKind): string {
  return fileURLToPath(new URL(`../../resources/models/${name}.onnx`, import.meta.url));
}
