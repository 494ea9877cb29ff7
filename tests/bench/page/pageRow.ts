/** One line of the page's table, and how each kind of measurement becomes one. */

import type { FrameReading } from './probe.ts';
import type { ScriptTime, ScriptTrace } from './trace.ts';

/** One line of the table. */
export interface PageRow {
  kind: 'page';
  work: string;
  unit: 'ms' | 'MB' | '×';
  /** The figure that counts, and the bound that it must keep. */
  value: number;
  atMost: number;
  /** 95th percentile of the script's processor time inside it, ms, and its bound where there is one. */
  scriptMs: number | null;
  scriptAtMost: number | null;
  samples: number;
  /** Average load of the machine during the last minute, with the benchmark's own. */
  load: number;
  note: string;
}

/** A row before the machine's load is written to it. */
export type MeasuredRow = Omit<PageRow, 'load'>;

/** A row in words. */
export function sentenceOf(row: PageRow): string {
  const script = row.scriptMs === null ? '' : `, script ${row.scriptMs.toFixed(1)} ms`;
  const limit = row.scriptAtMost === null ? '' : ` (at most ${row.scriptAtMost})`;
  return `${row.work}: ${row.value.toPrecision(3)} ${row.unit} (at most ${row.atMost})${script}${limit}; ${row.samples} samples, load ${row.load.toFixed(1)}; ${row.note}`;
}

/** From an event to the pixels that it changed; the script's time between them from the trace. */
export function latencyRow(
  work: string,
  seen: readonly (FrameReading | null)[],
  trace: ScriptTrace | null,
  atMost: number,
  scriptAtMost: number | null,
): MeasuredRow {
  const readings = seen.filter((reading) => reading !== null);
  const unseen = seen.length - readings.length;
  const script = trace && readings.map((reading) => trace.between(reading.event, reading.drawn));
  return {
    kind: 'page',
    work,
    unit: 'ms',
    value: percentile(readings.map((reading) => reading.seen - reading.event)),
    atMost,
    scriptMs: script && percentile(script.map(({ processor }) => processor)),
    scriptAtMost,
    samples: readings.length,
    note: `median ${percentile(
      readings.map((reading) => reading.seen - reading.event),
      50,
    ).toFixed(1)} ms${unseen > 0 ? `; ${unseen} changed no pixel` : ''}`,
  };
}

/** From the release of the pointer to the store's answer. */
export function answerRow(work: string, answers: readonly number[], note = ''): MeasuredRow {
  return {
    kind: 'page',
    work,
    unit: 'ms',
    value: percentile(answers),
    atMost: 50,
    scriptMs: null,
    scriptAtMost: null,
    samples: answers.length,
    note: `median ${percentile(answers, 50).toFixed(1)} ms${note}`,
  };
}

/** Script time of each frame. */
export function frameRow(work: string, frames: readonly ScriptTime[], atMost: number): MeasuredRow {
  const clock = frames.map((frame) => frame.clock);
  return {
    kind: 'page',
    work,
    unit: 'ms',
    value: percentile(clock),
    atMost,
    scriptMs: percentile(frames.map(({ processor }) => processor)),
    scriptAtMost: atMost,
    samples: frames.length,
    note: `median ${percentile(clock, 50).toFixed(1)} ms`,
  };
}

export function percentile(values: readonly number[], percent = 95): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
