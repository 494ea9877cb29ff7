/**
 * Script time from Chromium's own trace: how long the page's main thread ran JavaScript between two moments, by the clock and in
 * time of the processor, which does not count waiting for neighbours on the machine.
 */

import type { CDPSession } from 'playwright';

interface TraceEvent {
  name: string;
  cat: string;
  ph: string;
  ts: number;
  dur?: number;
  /** Processor time of the thread, µs. */
  tdur?: number;
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

/** Script time, ms: by the clock, and of the processor. */
export interface ScriptTime {
  clock: number;
  processor: number;
}

/** Script of one page. */
export interface ScriptTrace {
  /** Script time between two moments of the page's clock. */
  between(from: number, to: number): ScriptTime;
  /** Script time of each frame (from one animation frame to the next) between two moments. */
  perFrame(from: number, to: number): ScriptTime[];
}

/** An outermost piece of script, ms of the page's clock. */
interface Piece {
  start: number;
  end: number;
  processor: number;
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
  const pieces = outermost(
    own
      .filter((event) => SCRIPT.has(event.name) && event.dur !== undefined)
      .map(({ ts, dur = 0, tdur = dur }) => {
        const start = ts / 1000 - offset;
        return { start, end: start + dur / 1000, processor: tdur / 1000 };
      }),
  );
  const frames = own
    .filter((event) => event.name === 'FireAnimationFrame')
    .map((event) => event.ts / 1000 - offset)
    .sort((a, b) => a - b);
  const between = (from: number, to: number) => {
    const sum = { clock: 0, processor: 0 };
    for (const { start, end, processor } of pieces) {
      const inside = Math.max(0, Math.min(end, to) - Math.max(start, from));
      if (inside === 0) continue;
      sum.clock += inside;
      sum.processor += (processor * inside) / (end - start);
    }
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

/** Leaves out what lies within another piece. */
function outermost(pieces: Piece[]): Piece[] {
  pieces.sort((a, b) => a.start - b.start || b.end - a.end);
  const out: Piece[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    if (!last || piece.start >= last.end) out.push(piece);
  }
  return out;
}
