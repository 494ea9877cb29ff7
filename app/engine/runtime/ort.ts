/** The one door to ONNX Runtime: sessions on a device, tensors, and its errors as ours. Loaded in the engine process only. */

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { LimnError } from '../../errors.ts';
import { DEVICE_TITLES, type DeviceName } from './deviceName.ts';

export type { InferenceSession };
export { Tensor };

export interface SessionOptions {
  readonly device: DeviceName;
  /** CPU threads of one operator. */
  readonly threads: number;
  /** Outputs that stay on the device (webgpu only). */
  readonly keptOutputs?: readonly string[];
  /** Whether freed CPU memory is kept for the next node (quicker) rather than given back (less of it); default yes. */
  readonly keepsMemory?: boolean;
  /** Prefix of a profile file; for measurements. */
  readonly profile?: string;
}

/** Warnings and below are silent: dead initialisers and the like are of no use to a user. */
const LOG_ERRORS = 3;

/**
 * Loads a model.
 * @throws DeviceUnavailable where the device does not start
 */
export async function createSession(bytes: Uint8Array, options: SessionOptions): Promise<InferenceSession> {
  const { device, threads, keptOutputs = [], keepsMemory = true, profile } = options;
  const common = {
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all' as const,
    // A planned block comes on top of what the first run left in the arena: half as much memory again at the paper's size.
    enableMemPattern: false,
    enableCpuMemArena: keepsMemory,
    logSeverityLevel: LOG_ERRORS as 3,
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
  };
  if (device === 'cpu') return InferenceSession.create(bytes, { ...common, executionProviders: ['cpu'] });
  try {
    return await InferenceSession.create(bytes, {
      ...common,
      executionProviders: [{ name: device }],
      ...(device === 'webgpu' && {
        preferredOutputLocation: Object.fromEntries(keptOutputs.map((name) => [name, 'gpu-buffer' as const])),
      }),
    });
  } catch (error) {
    throw new LimnError(
      'DeviceUnavailable',
      `${DEVICE_TITLES[device]} did not start (${firstLine(error)}); train on the CPU with --device cpu.`,
      {
        cause: error,
      },
    );
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // The runtime puts its source line and the failed condition before the sentence.
  const line = text.split('\n', 1)[0]!;
  return line
    .slice(line.lastIndexOf(' was false. ') + 1)
    .replace('was false. ', '')
    .slice(0, 300);
}
