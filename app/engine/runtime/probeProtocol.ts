/** What the device probe is asked and answers. */

import { z } from 'zod';
import { networkSchema } from '../networks/networkKinds.ts';
import { DEVICES } from './deviceName.ts';

const requestSchema = z.object({
  device: z.enum([...DEVICES, 'tfjs']),
  threads: z.number().int().min(1),
  time: z
    .object({
      spec: networkSchema,
      tile: z.object({ y: z.number(), x: z.number() }),
    })
    .nullable(),
});

/** `time`: the training step to time (not of TensorFlow.js); null only tries the device. */
export type ProbeRequest = z.infer<typeof requestSchema>;

/** @param text JSON. Throws where it is no request. */
export function parseProbeRequest(text: string): ProbeRequest {
  return requestSchema.parse(JSON.parse(text));
}

export interface Adapter {
  readonly description: string;
  /** Rendered by the CPU (SwiftShader, llvmpipe, WARP); of TensorFlow.js: plain JavaScript. */
  readonly software: boolean;
}

export interface ProbeReport {
  readonly ok: boolean;
  readonly adapter: Adapter | null;
  /** Median of a training step, ms; null where it was not timed. */
  readonly milliseconds: number | null;
  /** Multiply-accumulates of that step. */
  readonly macs: number | null;
  /** Why the device is not available; of TensorFlow.js that loads, why a faster package of it did not. */
  readonly reason: string | null;
}
