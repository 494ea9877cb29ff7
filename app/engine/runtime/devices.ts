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
import { DEVICE_TITLES, DEVICES, type DeviceName } from './deviceName.ts';
import { absenceOf, memoryOf } from './deviceSupport.ts';
import { cachedProbe, keepProbe } from './probeCache.ts';
import type { ProbeReport, ProbeRequest } from './probeProtocol.ts';

export interface EngineDevice {
  name: DeviceName;
  available: boolean;
  /** Adapter or processor. */
  description: string;
  /** A GPU that is simulated by the processor: only used when it is asked for by name. */
  software: boolean;
  /** Threads of the CPU; null for a GPU. */
  threads: number | null;
  /** Memory, bytes, where it can be known; the CPU's is the computer's. */
  memoryBytes: number | null;
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

/** Every device, each tried where it can be there; with `probe`, real adapters also time a small training step. Never throws for a device. */
export async function listDevices(options: { probe?: boolean } = {}): Promise<EngineDevice[]> {
  const time =
    options.probe === true ? { spec: LISTED_SPEC, tile: { y: PROBE_SIDE_PX, x: PROBE_SIDE_PX } } : null;
  const devices: EngineDevice[] = [];
  for (const name of DEVICES) {
    const threads = availableParallelism();
    const tried = await tryDevice(name);
    const isTimed = time !== null && tried.ok && tried.adapter?.software !== true;
    const report = isTimed ? await askProbe({ device: name, threads, time }) : tried;
    devices.push({
      name,
      available: report.ok,
      description: report.adapter?.description ?? (name === 'cpu' ? cpuDescription() : 'no adapter'),
      software: report.adapter?.software ?? false,
      threads: name === 'cpu' ? threads : null,
      memoryBytes: report.ok && report.adapter?.software !== true ? memoryOf(name) : null,
      probeMilliseconds: report.milliseconds,
      reason: report.reason,
    });
  }
  return devices;
}

/** Whether a device starts; one that cannot be there is not even tried. */
function tryDevice(device: DeviceName): Promise<ProbeReport> {
  const absence = absenceOf(device);
  if (absence !== null) return Promise.resolve(unavailable(absence));
  return askProbe({ device, threads: availableParallelism(), time: null });
}

/** Whether TensorFlow.js loads here; its native packages may abort the process that tries. */
export function tryTensorflow(): Promise<ProbeReport> {
  return askProbe({ device: 'tfjs', threads: availableParallelism(), time: null });
}

/**
 * The device for a network. By name, also a software adapter; `auto` times a small training step of the same kind of
 * network on each real adapter, scales it to the tile by the arithmetic, and takes the fastest.
 *
 * @throws DeviceUnavailable where a device was asked for and does not start
 */
export async function chooseDevice(
  choice: 'auto' | DeviceName,
  spec: NetworkSpec,
  tile: ShapeYX,
): Promise<ChosenDevice> {
  if (choice === 'cpu') return { device: 'cpu', why: 'The CPU was asked for.' };
  if (choice !== 'auto') {
    const report = await tryDevice(choice);
    const title = DEVICE_TITLES[choice];
    if (!report.ok) {
      const reason = report.reason ?? `${title} did not start; train on the CPU with --device cpu.`;
      throw new LimnError('DeviceUnavailable', reason, { fields: { device: choice } });
    }
    return { device: choice, why: `${title} (${report.adapter?.description ?? title}) was asked for.` };
  }
  const adapters: { device: DeviceName; adapter: string }[] = [];
  let software: string | null = null;
  for (const device of DEVICES) {
    if (device === 'cpu') continue;
    const report = await tryDevice(device);
    const adapter = report.adapter?.description ?? DEVICE_TITLES[device];
    if (report.ok && report.adapter?.software) software = adapter;
    else if (report.ok) adapters.push({ device, adapter });
  }
  if (adapters.length === 0) {
    return {
      device: 'cpu',
      why:
        software === null
          ? 'The CPU is used: no GPU adapter was found.'
          : `The CPU is used: the only GPU adapter, ${software}, is a software one.`,
    };
  }
  return fastestOf([{ device: 'cpu', adapter: 'the CPU' }, ...adapters], spec, tile);
}

async function fastestOf(
  candidates: readonly { device: DeviceName; adapter: string }[],
  spec: NetworkSpec,
  tile: ShapeYX,
): Promise<ChosenDevice> {
  const threads = availableParallelism();
  const small = probeTraining(spec);
  const timed: { device: DeviceName; adapter: string; time: number | null }[] = [];
  for (const { device, adapter } of candidates) {
    const time = scaleToTile(await askProbe({ device, threads, time: small }), spec, tile);
    timed.push({ device, adapter, time });
  }
  const known = timed.flatMap(({ time, ...one }) => (time === null ? [] : [{ ...one, time }]));
  known.sort((a, b) => a.time - b.time);
  const texts = timed.map(({ adapter, time }) =>
    time === null ? `${adapter} could not run it` : `about ${formatTime(time)} on ${adapter}`,
  );
  const fastest = known[0] ?? { device: 'cpu', adapter: 'the CPU' };
  return {
    device: fastest.device,
    why: `By a timed small step, ${fastest.adapter} is the fastest: a training step takes ${texts.join(', ')}.`,
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
  const known = answers.get(text) ?? cachedOrRun(request, text);
  answers.set(text, known);
  return known;
}

/** A time that was measured on this system as it is needs no second measurement, also after a restart. */
async function cachedOrRun(request: ProbeRequest, text: string): Promise<ProbeReport> {
  const cached = request.time === null ? null : cachedProbe(text);
  if (cached !== null) return cached;
  const report = await runProbe(request.device, text);
  keepProbe(text, report);
  return report;
}

function runProbe(device: ProbeRequest['device'], text: string): Promise<ProbeReport> {
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
