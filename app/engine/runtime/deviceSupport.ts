/** What is known of a device without starting it: whether this system can have it, and its memory. */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { DeviceName } from './deviceName.ts';

const CUDA_PROVIDER = 'libonnxruntime_providers_cuda.so';
const NVIDIA_TOOL = 'nvidia-smi';
const DRM = '/sys/class/drm';

/** Folder of ONNX Runtime's own libraries for a platform. */
function runtimeFolder(platform: string, architecture: string): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const bin = join(dirname(entry), '..', 'bin');
  const version = existsSync(bin) ? readdirSync(bin).find((name) => name.startsWith('napi-v')) : undefined;
  return join(bin, version ?? 'napi-v6', platform, architecture);
}

/** Why a device cannot be there, in one sentence with what to do; null where it is worth trying. */
export function absenceOf(
  device: DeviceName,
  platform: string = process.platform,
  architecture: string = process.arch,
): string | null {
  switch (device) {
    case 'cpu':
      return null;
    case 'webgpu':
      return platform === 'darwin' && architecture === 'x64'
        ? 'There is no WebGPU for Macs with Intel processors; train on the CPU with --device cpu.'
        : null;
    case 'cuda':
      if (platform !== 'linux' || architecture !== 'x64')
        return 'CUDA is for Linux on x64 processors; use --device webgpu, which needs no install.';
      return existsSync(join(runtimeFolder(platform, architecture), CUDA_PROVIDER))
        ? null
        : 'The CUDA provider is not installed; fetch it with "npm run setup:cuda", or use --device webgpu, which needs no install.';
    case 'dml':
      return platform === 'win32'
        ? null
        : 'DirectML is for Windows; use --device webgpu, which needs no install.';
  }
}

/** Share of a graphics card's memory that a desktop leaves free. */
const FREE_SHARE_OF_CARD = 0.85;
/** macOS calls memory used that holds only files; it gives at least this share of the whole to who asks. */
const LEAST_FREE_SHARE_ON_MAC = 0.6;

/** Memory of a device, bytes; null where nothing tells it. The CPU's is the computer's, or its container's. */
export function memoryOf(device: DeviceName): number | null {
  if (device === 'cpu') return Math.min(totalmem(), process.constrainedMemory() || totalmem());
  return memoryFromNvidia() ?? memoryFromDrm();
}

/** Memory of a device that a run may take, bytes; null where nothing tells it. For the CPU a container's limit counts. */
export function availableMemoryOf(device: DeviceName): number | null {
  if (device === 'cpu') {
    if (process.platform === 'darwin') return Math.max(freemem(), LEAST_FREE_SHARE_ON_MAC * totalmem());
    return process.availableMemory();
  }
  const whole = memoryOf(device);
  return whole === null ? null : FREE_SHARE_OF_CARD * whole;
}

/** The first NVIDIA card's, as its driver's own tool tells it. */
function memoryFromNvidia(): number | null {
  try {
    const text = execFileSync(NVIDIA_TOOL, ['--query-gpu=memory.total', '--format=csv,noheader,nounits'], {
      encoding: 'utf8',
      timeout: 5000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return parseNvidiaMemory(text);
  } catch {
    // No such tool or no such card: nothing is known.
    return null;
  }
}

/** Bytes from `nvidia-smi`'s list of MiB a card, the first line; null for anything else. */
export function parseNvidiaMemory(text: string): number | null {
  const mebibytes = Number(text.trim().split('\n', 1)[0]);
  return Number.isFinite(mebibytes) && mebibytes > 0 ? mebibytes * 2 ** 20 : null;
}

/** AMD's driver writes the card's memory into a file. */
function memoryFromDrm(): number | null {
  if (!existsSync(DRM)) return null;
  for (const card of readdirSync(DRM)) {
    const path = join(DRM, card, 'device/mem_info_vram_total');
    if (existsSync(path)) return Number(readFileSync(path, 'utf8'));
  }
  return null;
}
