/** Script time from Chromium's own trace: how long the page's main thread ran JavaScript between two moments. */

import type { CDPSession } from 'playwright';

interface TraceEvent {
  name: string;
  cat: string;
  ph: string;
  ts: number;
  dur?: number;
  pid: number;
  tid: number;
  args?: { data?: { startTime?: number } };
}

/** What runs script, from the outermost. */
const SCRIPT = new Set([
  'EventDispatch',
  'FireAnimationFrame',
  'FunctionCall',
  'EvaluateScript',
  'TimerFire',
  'RunMicrotasks',
  'V8.GC_MC_BACKGROUND_MARKING',
  'MinorGC',
  'MajorGC',
]);

/** Script of one page, as intervals that do not overlap, ms of an arbitrary clock. */
export interface ScriptTrace {
  /** Script time between two moments of the page's clock, ms. */
  between(from: number, to: number): number;
  /** Script time of each frame (from one animation frame to the next) between two moments, ms. */
  perFrame(from: number, to: number): number[];
}

/** Traces while `work` runs. */
export async function traceScript(cdp: CDPSession, work: () => Promise<void>): Promise<ScriptTrace> {
  const events: TraceEvent[] = [];
  const collect = ({ value }: { value: unknown[] }) => {
    events.push(...(value as TraceEvent[]));
  };
  cdp.on('Tracing.dataCollected', collect);
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: ['devtools.timeline', 'blink.user_timing', 'v8'],
      recordMode: 'recordUntilFull',
    },
  });
  await work();
  const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
  await cdp.send('Tracing.end');
  await complete;
  cdp.off('Tracing.dataCollected', collect);
  return scriptOf(events);
}

function scriptOf(events: readonly TraceEvent[]): ScriptTrace {
  const clock = events.find((event) => event.name === 'limn-clock');
  const startTime = clock?.args?.data?.startTime;
  if (clock === undefined || startTime === undefined) {
    throw new Error(
      'The trace lacks the mark “limn-clock”; call performance.mark("limn-clock") while tracing.',
    );
  }
  const offset = clock.ts / 1000 - startTime;
  const own = events.filter((event) => event.pid === clock.pid && event.tid === clock.tid);
  const intervals = union(
    own
      .filter((event) => SCRIPT.has(event.name) && event.dur !== undefined)
      .map((event) => [event.ts / 1000 - offset, (event.ts + event.dur!) / 1000 - offset]),
  );
  const frames = own
    .filter((event) => event.name === 'FireAnimationFrame')
    .map((event) => event.ts / 1000 - offset)
    .sort((a, b) => a - b);
  const between = (from: number, to: number) => {
    let sum = 0;
    for (const [start, end] of intervals) sum += Math.max(0, Math.min(end, to) - Math.max(start, from));
    return sum;
  };
  return {
    between,
    perFrame: (from, to) => {
      // Callbacks of one frame lie within a millisecond or two of each other; a frame is at least 8 ms.
      const starts = frames.filter((at, i) => at >= from && at <= to && (i === 0 || at - frames[i - 1]! > 4));
      return starts.slice(1).map((end, i) => between(starts[i]!, end));
    },
  };
}

function union(intervals: [number, number][]): [number, number][] {
  intervals.sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [start, end] of intervals) {
    const last = out.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}
