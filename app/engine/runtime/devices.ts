/** Which devices there are and which one a network should train on. Every device is tried in a process of its own. */

import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { entryPath } from '../../entryPoints.ts';
import { LimnError } from '../../errors.ts';
import type { ShapeYX } from '../../science/geometry.ts';
import type { NetworkSpec } from '../modelDescription.ts';
import { countMacs } from '../networks/countMacs.ts';
import { inputSideFor, probeNetwork } from '../networks/networkKinds.ts';
import { cpuDescription } from './adapter.ts';
import type { ProbeReport, ProbeRequest } from './probeProtocol.ts';

export type DeviceName = 'cpu' | 'webgpu';

export interface EngineDevice {
  name: DeviceName;
  available: boolean;
  /** Adapter or processor. */
  description: string;
  /** A GPU that is simulated by the processor: only used when it is asked for by name. */
  software: boolean;
  /** Threads of the CPU; null for a GPU. */
  threads: number | null;
  /** Median of the probe's small training step, ms; null where it was not timed. */
  probeMilliseconds: number | null;
  /** Why it is not available, or null. */
  reason: string | null;
}

export interface ChosenDevice {
  device: DeviceName;
  /** One sentence: why this one. */
  why: string;
}

/** What `listDevices` times. */
export const LISTED_SPEC: NetworkSpec = {
  kind: 'unet',
  padding: 'same',
  depth: 3,
  baseFilters: 16,
  inputChannels: 1,
  classes: 2,
  normalisation: 'none',
  dropout: 0,
};
/** Side of the tile that is timed, px. */
export const PROBE_SIDE_PX = 128;
const PROBE_MILLISECONDS = 60_000;
/** Standard error kept for the reason of an abort, characters. */
const KEPT_ERROR_TEXT = 4000;

const answers = new Map<string, Promise<ProbeReport>>();

/** CPU and WebGPU, each tried; with `probe`, real adapters also time a small training step. Never throws for a device. */
export async function listDevices(options: { probe?: boolean } = {}): Promise<EngineDevice[]> {
  const time =
    options.probe === true ? { spec: LISTED_SPEC, tile: { y: PROBE_SIDE_PX, x: PROBE_SIDE_PX } } : null;
  const devices: EngineDevice[] = [];
  for (const name of ['cpu', 'webgpu'] as const) {
    const threads = availableParallelism();
    const report = await askProbe({ device: name, threads, time });
    devices.push({
      name,
      available: report.ok,
      description: report.adapter?.description ?? (name === 'cpu' ? cpuDescription() : 'no adapter'),
      software: report.adapter?.software ?? false,
      threads: name === 'cpu' ? threads : null,
      probeMilliseconds: report.milliseconds,
      reason: report.reason,
    });
  }
  return devices;
}

/**
 * The device for a network. By name, also a software adapter; `auto` times a small training step of the same kind of
 * network on each real adapter, scales it to the tile by the arithmetic, and takes the faster.
 *
 * @throws DeviceUnavailable where `webgpu` was asked for and does not start
 */
export async function chooseDevice(
  choice: 'auto' | DeviceName,
  spec: NetworkSpec,
  tile: ShapeYX,
): Promise<ChosenDevice> {
  if (choice === 'cpu') return { device: 'cpu', why: 'The CPU was asked for.' };
  const threads = availableParallelism();
  const gpu = await askProbe({ device: 'webgpu', threads, time: null });
  const adapter = gpu.adapter?.description ?? 'WebGPU';
  if (choice === 'webgpu') {
    if (!gpu.ok) {
      throw new LimnError(
        'DeviceUnavailable',
        gpu.reason ?? 'WebGPU did not start; train on the CPU with --device cpu.',
        {
          fields: { device: 'webgpu' },
        },
      );
    }
    return { device: 'webgpu', why: `WebGPU (${adapter}) was asked for.` };
  }
  if (!gpu.ok) return { device: 'cpu', why: 'The CPU is used: no GPU adapter was found.' };
  if (gpu.adapter?.software) {
    return { device: 'cpu', why: `The CPU is used: the only GPU adapter, ${adapter}, is a software one.` };
  }
  const small = probeTraining(spec);
  const cpuTime = scaleToTile(await askProbe({ device: 'cpu', threads, time: small }), spec, tile);
  const gpuTime = scaleToTile(await askProbe({ device: 'webgpu', threads, time: small }), spec, tile);
  if (gpuTime === null)
    return { device: 'cpu', why: `The CPU is used: ${adapter} could not run a training step.` };
  const device = cpuTime === null || gpuTime < cpuTime ? 'webgpu' : 'cpu';
  const cpuText = cpuTime === null ? 'could not run it' : `about ${formatTime(cpuTime)}`;
  const chosen = device === 'webgpu' ? adapter : 'the CPU';
  return {
    device,
    why: `By a timed small step, ${chosen} is the faster: a training step takes about ${formatTime(gpuTime)} on ${adapter}, ${cpuText} on the CPU.`,
  };
}

/** The same kind of network, small enough to time in a moment. */
function probeTraining(spec: NetworkSpec): NonNullable<ProbeRequest['time']> {
  const small = probeNetwork(spec);
  const side = inputSideFor(small, PROBE_SIDE_PX);
  return { spec: small, tile: { y: side, x: side } };
}

/** Milliseconds that a step on the tile would take at the probe's rate; null where it was not timed. */
function scaleToTile(report: ProbeReport, spec: NetworkSpec, tile: ShapeYX): number | null {
  if (report.milliseconds === null || report.macs === null) return null;
  return (report.milliseconds * 3 * countMacs(spec, tile)) / report.macs;
}

function formatTime(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Asks once a request and process; an abort or a silence is an answer as well. */
function askProbe(request: ProbeRequest): Promise<ProbeReport> {
  const text = JSON.stringify(request);
  const known = answers.get(text) ?? runProbe(request.device, text);
  answers.set(text, known);
  return known;
}

function runProbe(device: DeviceName, text: string): Promise<ProbeReport> {
  return new Promise((resolve) => {
    const child = fork(entryPath('deviceProbe'), [text], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Inside Electron the executable is Electron's, which this turns into plain Node.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      timeout: PROBE_MILLISECONDS,
      killSignal: 'SIGKILL',
    });
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      errors = (errors + chunk).slice(-KEPT_ERROR_TEXT);
    });
    let answer: ProbeReport | null = null;
    child.on('message', (message) => {
      answer = message as unknown as ProbeReport;
    });
    child.on('error', (error) => resolve(unavailable(`${device} could not be tried: ${error.message}`)));
    child.on('close', (code, signal) => {
      const how = signal === null ? `code ${code}` : signal;
      const lastLine = errors.trim().split('\n').at(-1)?.trim();
      resolve(
        answer ??
          unavailable(`Starting ${device} ended its process (${how})${lastLine ? `: ${lastLine}` : ''}.`),
      );
    });
  });
}

function unavailable(reason: string): ProbeReport {
  return { ok: false, adapter: null, milliseconds: null, macs: null, reason };
}
