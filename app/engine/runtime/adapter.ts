/** Which adapter a device stands for, told by the drivers that this process has loaded. */

import { cpus } from 'node:os';
import { z } from 'zod';
import type { DeviceName } from './deviceName.ts';
import type { Adapter } from './probeProtocol.ts';

/** Driver library → adapter. Software first: a machine may have loaded both, and the runtime prefers the real one. */
const DRIVERS: readonly { pattern: RegExp; description: string; software: boolean }[] = [
  {
    pattern: /libvk_swiftshader|vk_swiftshader\.dll/i,
    description: 'SwiftShader (software)',
    software: true,
  },
  { pattern: /libvulkan_lvp/i, description: 'llvmpipe (software)', software: true },
  { pattern: /d3d10warp\.dll/i, description: 'Microsoft Basic Render Driver (software)', software: true },
  { pattern: /nvoglv|libGLX_nvidia|nvwgf2|nvidia/i, description: 'NVIDIA', software: false },
  { pattern: /libvulkan_radeon|amdvlk|amdxc|atidxx/i, description: 'AMD', software: false },
  { pattern: /libvulkan_intel|igvk|igd12|igxelp/i, description: 'Intel', software: false },
  {
    pattern: /libvulkan_(asahi|freedreno|panfrost|broadcom|nouveau|virtio)/i,
    description: 'Mesa Vulkan',
    software: false,
  },
  { pattern: /Metal\.framework|AGXMetal/i, description: 'Apple Metal', software: false },
];

const reportSchema = z.object({ sharedObjects: z.array(z.string()) });

/** Adapter from the names of loaded libraries; software only where no real driver is among them. */
export function adapterFromLibraries(libraries: readonly string[]): Adapter {
  const found = DRIVERS.filter(({ pattern }) => libraries.some((library) => pattern.test(library)));
  const chosen = found.find(({ software }) => !software) ?? found[0];
  return chosen === undefined
    ? { description: 'WebGPU adapter', software: false }
    : { description: chosen.description, software: chosen.software };
}

/** The adapter of a device on which a session was made in this process. */
export function adapterOf(device: DeviceName): Adapter {
  if (device === 'cpu') return { description: cpuDescription(), software: false };
  if (device === 'cuda') return { description: 'NVIDIA (CUDA)', software: false };
  if (process.report === undefined) return adapterFromLibraries([]);
  // Resolving names of open connections takes seconds; the type does not know the switch yet.
  Object.assign(process.report, { excludeNetwork: true });
  const report = reportSchema.safeParse(process.report.getReport());
  return adapterFromLibraries(report.success ? report.data.sharedObjects : []);
}

/** Name of the processor, as the system tells. */
export function cpuDescription(): string {
  return cpus()[0]?.model.trim() ?? 'CPU';
}
