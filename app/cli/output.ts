/** What a command prints: text and a progress bar for a person, or JSON and nothing else on stdout for a script. */

import type { CallContext, SerialisedError } from '../errors.ts';

/** Where a command's words go. */
export class Output {
  readonly json: boolean;
  private readonly startedAt = Date.now();
  private barShown = false;
  private lastDraw = 0;

  constructor(json: boolean) {
    this.json = json;
  }

  /** The command's result: one JSON document, or the given text. */
  result(document: unknown, text: string | string[]): void {
    this.clearBar();
    const lines = Array.isArray(text) ? text.join('\n') : text;
    process.stdout.write(this.json ? `${JSON.stringify(document)}\n` : lines === '' ? '' : `${lines}\n`);
  }

  /** One event of a stream: a JSON line, or a line of text where there is one to say. */
  event(document: unknown, text: string | null): void {
    if (this.json) process.stdout.write(`${JSON.stringify(document)}\n`);
    else if (text !== null) {
      this.clearBar();
      process.stdout.write(`${text}\n`);
    }
  }

  /** A remark for a person, on stderr; never part of the result. */
  note(text: string): void {
    this.clearBar();
    process.stderr.write(`${text}\n`);
  }

  error(error: SerialisedError): void {
    this.clearBar();
    if (this.json) process.stdout.write(`${JSON.stringify({ error })}\n`);
    process.stderr.write(`limn: ${error.message}\n`);
  }

  /** Draws the bar on a terminal (stderr); elsewhere nothing. `eta` in seconds; null: estimated from the share done. */
  progress(done: number, total: number, note = '', eta: number | null = null): void {
    if (!process.stderr.isTTY) return;
    const now = Date.now();
    if (now - this.lastDraw < 100 && done < total) return;
    this.lastDraw = now;
    const share = total > 0 ? Math.min(1, done / total) : 0;
    const left = eta ?? (share > 0 ? ((now - this.startedAt) / 1000) * (1 / share - 1) : null);
    const width = 24;
    const filled = Math.round(share * width);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
    const line = `${bar} ${String(Math.round(share * 100)).padStart(3)} %  ETA ${left === null ? '–' : formatSeconds(left)}  ${note}`;
    // A terminal that does not know its width says 0.
    process.stderr.write(`\r\x1b[2K${line.slice(0, (process.stderr.columns || 100) - 1)}`);
    this.barShown = true;
  }

  /** The context that services take: cancelled by the signal, drawing the bar. */
  context(signal: AbortSignal): CallContext {
    return { signal, onProgress: ({ done, total, note }) => this.progress(done, total, note) };
  }

  private clearBar(): void {
    if (!this.barShown) return;
    process.stderr.write('\r\x1b[2K');
    this.barShown = false;
  }
}

/** Seconds as `42 s`, `3:07` or `2:03:10`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** Rows as a text table with aligned columns; the first row is the head. */
export function formatTable(rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '–' : String(cell))));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `1 image`, `3 images`, `0 images`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A number with the given significant digits, or a dash. */
export function formatNumber(value: number | null, digits = 4): string {
  return value === null || !Number.isFinite(value) ? '–' : Number(value.toPrecision(digits)).toString();
}
