/** The page's benchmark: the "what it must show" table of the workstation, measured with real pointer events in headless Chromium. */

import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bench } from './browser.ts';
import type { FrameReading } from './probe.ts';
import { simulatedProject } from './simulatedProject.ts';
import { type ScriptTime, type ScriptTrace, traceScript } from './trace.ts';

const OBJECTS = 5000;
const SIDE = 4096;
const LARGE_SIDE = 10_000;

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

type MeasuredRow = Omit<PageRow, 'load'>;

export interface PageBenchOptions {
  /** Only scenarios whose name contains this. */
  only?: string | undefined;
  /** Strokes of the long session. */
  strokes?: number;
}

/** Runs every scenario; each one starts from a fresh copy of its project. */
export async function benchPage(options: PageBenchOptions = {}): Promise<PageRow[]> {
  const { only = '', strokes = 10_000 } = options;
  const scenarios: [string, (bench: Bench, folder: string) => Promise<MeasuredRow[]>][] = [
    ['paint', benchPainting],
    ['weights', benchWeightMap],
    ['contrast', benchContrast],
    ['switch', benchSwitching],
    ['large', benchLarge],
    ['training', benchPaintingWhileTraining],
    ['session', (bench) => benchLongSession(bench, strokes)],
  ];
  const rows: PageRow[] = [];
  for (const [name, run] of scenarios) {
    if (!name.includes(only)) continue;
    const folder = mkdtempSync(join(tmpdir(), 'limn-page-'));
    const bench = await Bench.start(await simulatedProject(folder, SIDE, 2, OBJECTS));
    try {
      await bench.ready();
      await bench.page.evaluate(() => window.limnProbe!.lastChange(800, null));
      const done = (await run(bench, folder)).map((row) => ({ ...row, load: loadavg()[0] ?? 0 }));
      for (const row of done) console.log(sentenceOf(row));
      rows.push(...done);
    } finally {
      await bench.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return rows;
}

/** A row in words. */
export function sentenceOf(row: PageRow): string {
  const script = row.scriptMs === null ? '' : `, script ${row.scriptMs.toFixed(1)} ms`;
  const limit = row.scriptAtMost === null ? '' : ` (at most ${row.scriptAtMost})`;
  return `${row.work}: ${row.value.toPrecision(3)} ${row.unit} (at most ${row.atMost})${script}${limit}; ${row.samples} samples, load ${row.load.toFixed(1)}; ${row.note}`;
}

/** Corners of the simulation's grid, which no object covers, that lie well inside the view; row by row. */
async function freeGround(bench: Bench, margin = 40): Promise<{ x: number; y: number }[][]> {
  const box = (await bench.page.getByRole('region', { name: 'Image canvas' }).boundingBox())!;
  const pitch = SIDE / Math.ceil(Math.sqrt(OBJECTS));
  const [zero, one] = [await bench.screen(0, 0), await bench.screen(1, 0)];
  const scale = one.x - zero.x;
  const rows: { x: number; y: number }[][] = [];
  for (let j = 1; j * pitch < SIDE; j++) {
    const row: { x: number; y: number }[] = [];
    for (let i = 1; i * pitch < SIDE; i++) {
      const at = { x: zero.x + i * pitch * scale, y: zero.y + j * pitch * scale };
      const inside =
        at.x > box.x + margin &&
        at.y > box.y + margin &&
        at.x < box.x + box.width - margin &&
        at.y < box.y + box.height - margin;
      if (inside) row.push(at);
    }
    if (row.length > 1) rows.push(row);
  }
  return rows;
}

async function takeBrush(bench: Bench, size: number): Promise<void> {
  const box = bench.page.getByRole('spinbutton', { name: 'Brush size' });
  await box.fill(String(size));
  await box.press('Enter');
}

/** The frame in which a square around a page point changes after `act`. */
async function react(
  bench: Bench,
  type: string,
  at: { x: number; y: number },
  side: number,
  act: () => Promise<void>,
): Promise<FrameReading | null> {
  const square = { x: Math.round(at.x) - side / 2, y: Math.round(at.y) - side / 2, side };
  await bench.page.evaluate(
    ([name, place]) => {
      window.limnProbe!.pending = window.limnProbe!.watch(name, place);
    },
    [type, square] as const,
  );
  await act();
  return bench.page.evaluate(() => window.limnProbe!.pending as Promise<FrameReading | null>);
}

/** Releases the pointer; ms from that event to the store's answer. */
async function timeRelease(bench: Bench): Promise<number> {
  await bench.page.evaluate(() => {
    window.limnProbe!.pending = window.limnProbe!.timeAnswer('pointerup', '/edits');
  });
  await bench.page.mouse.up();
  return bench.page.evaluate(() => window.limnProbe!.pending as Promise<number>);
}

function latencyRow(
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

const markClock = (bench: Bench) => bench.page.evaluate(() => void performance.mark('limn-clock'));

async function benchPainting(bench: Bench): Promise<MeasuredRow[]> {
  const { mouse, keyboard } = bench.page;
  const rows: MeasuredRow[] = [];
  const answers: number[] = [];
  const undos: (FrameReading | null)[] = [];
  for (const view of ['1:1', 'fit'] as const) {
    await bench.page.getByRole('region', { name: 'Image canvas' }).focus();
    await keyboard.press(view === 'fit' ? '0' : '1');
    await bench.ready();
    await bench.page.evaluate(() => window.limnProbe!.lastChange(500, null));
    await takeBrush(bench, 40);
    const ground = (await freeGround(bench)).filter((_, j) => view === '1:1' || j % 6 === 0).slice(0, 11);
    const moves: (FrameReading | null)[] = [];
    const trace = await traceScript(bench.cdp, async () => {
      await markClock(bench);
      for (const tool of ['Brush', 'Eraser']) {
        await bench.page.getByRole('button', { name: tool, exact: true }).click();
        for (const [first, ...rest] of ground) {
          await mouse.move(first!.x, first!.y);
          await mouse.down();
          for (const at of rest.slice(0, 14)) {
            moves.push(
              await react(bench, 'pointermove', at, view === 'fit' ? 2 : 8, () => mouse.move(at.x, at.y)),
            );
          }
          answers.push(await timeRelease(bench));
        }
      }
    });
    rows.push(
      latencyRow(`pointer move to changed pixels, 4096² at ${view}, brush 40 px`, moves, trace, 33, 8),
    );
    for (const line of [...ground].reverse()) {
      const at = line[2]!;
      undos.push(
        await react(bench, 'keydown', at, view === 'fit' ? 2 : 8, () => keyboard.press('Control+z')),
      );
      await bench.ready();
    }
  }
  rows.push(answerRow('end of stroke to acknowledged by the store', answers));
  rows.push(latencyRow('undo of a stroke, to pixels', undos, null, 50, null));
  return rows;
}

function answerRow(work: string, answers: readonly number[], note = ''): MeasuredRow {
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

async function benchWeightMap(bench: Bench): Promise<MeasuredRow[]> {
  const { page } = bench;
  await page.getByRole('checkbox', { name: 'Show weight map' }).check();
  await page.getByRole('checkbox', { name: 'Show labels' }).uncheck();
  await page.getByRole('region', { name: 'Image canvas' }).focus();
  await page.keyboard.press('1');
  await page.evaluate(() => window.limnProbe!.lastChange(2500, null));
  await takeBrush(bench, 20);
  const readings: (FrameReading | null)[] = [];
  const trace = await traceScript(bench.cdp, async () => {
    await markClock(bench);
    for (const at of (await freeGround(bench)).flat().slice(0, 60)) {
      await page.mouse.move(at.x, at.y);
      await page.waitForTimeout(60);
      readings.push(await react(bench, 'pointerdown', at, 16, () => page.mouse.down()));
      await page.mouse.up();
      await bench.ready();
    }
  });
  return [latencyRow('weight map around a stroke, to pixels, 4096²', readings, trace, 150, null)];
}

async function benchContrast(bench: Bench): Promise<MeasuredRow[]> {
  const { page, cdp } = bench;
  const rows: MeasuredRow[] = [];
  for (const view of ['fit', '1:1'] as const) {
    await page.getByRole('region', { name: 'Image canvas' }).focus();
    await page.keyboard.press(view === 'fit' ? '0' : '1');
    await page.evaluate(() => window.limnProbe!.lastChange(800, null));
    const slider = page.getByRole('slider', { name: 'Contrast maximum' });
    const box = (await slider.boundingBox())!;
    const times = { from: 0, to: 0 };
    const trace = await traceScript(cdp, async () => {
      await markClock(bench);
      await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
      await page.mouse.down();
      times.from = await page.evaluate(() => performance.now());
      for (let i = 0; i < 150; i++) {
        const share = 0.5 + 0.35 * Math.sin(i / 9);
        await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
        await page.waitForTimeout(8);
      }
      times.to = await page.evaluate(() => performance.now());
      await page.mouse.up();
    });
    const frames = trace.perFrame(times.from, times.to);
    rows.push(frameRow(`contrast drag on a 16-bit view, 4096² at ${view}, script time a frame`, frames, 16));
  }
  return rows;
}

function frameRow(work: string, frames: readonly ScriptTime[], atMost: number): MeasuredRow {
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

async function benchSwitching(bench: Bench): Promise<MeasuredRow[]> {
  const items = bench.page.getByRole('list', { name: 'Images' }).getByRole('button');
  const times: number[] = [];
  for (let i = 0; i < 12; i++) {
    await bench.page.evaluate(() => {
      window.limnProbe!.pending = window.limnProbe!.lastChange(900, 'click');
    });
    await items.nth((i + 1) % 2).click();
    times.push(
      await bench.page.evaluate(async () => {
        const { event, changed } = (await window.limnProbe!.pending) as { event: number; changed: number };
        return changed - event;
      }),
    );
  }
  const first = times[0]!;
  return [
    {
      kind: 'page',
      work: 'switch between images (4096²), to the last change of pixels',
      unit: 'ms',
      value: percentile(times),
      atMost: 300,
      scriptMs: null,
      scriptAtMost: null,
      samples: times.length,
      note: `median ${percentile(times, 50).toFixed(0)} ms, the first time ${first.toFixed(0)} ms`,
    },
  ];
}

async function benchLarge(bench: Bench, folder: string): Promise<MeasuredRow[]> {
  const { page, cdp } = bench;
  const large = await simulatedProject(folder, LARGE_SIDE, 1, OBJECTS);
  const opened: number[] = [];
  for (let i = 0; i < 3; i++)
    opened.push(await openProject(bench, i % 2 === 0 ? large : join(folder, `${SIDE}.limn`)));
  const rows: MeasuredRow[] = [
    {
      kind: 'page',
      work: 'open a project with a 10,000² image, to first full view',
      unit: 'ms',
      value: Math.max(opened[0]!, opened[2]!),
      atMost: 1500,
      scriptMs: null,
      scriptAtMost: null,
      samples: 2,
      note: `first ${opened[0]!.toFixed(0)} ms, again ${opened[2]!.toFixed(0)} ms; a 4096² project ${opened[1]!.toFixed(0)} ms`,
    },
  ];
  await bench.ready();
  const memory = [bench.memory()];
  const zoom: [number, number] = [0, 0];
  const pan: [number, number] = [0, 0];
  const box = (await page.getByRole('region', { name: 'Image canvas' }).boundingBox())!;
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
  const trace = await traceScript(cdp, async () => {
    await markClock(bench);
    await page.mouse.move(cx + 31, cy - 17);
    zoom[0] = await page.evaluate(() => performance.now());
    for (const direction of [-1, 1, -1]) {
      for (let i = 0; i < 45; i++) {
        await page.mouse.wheel(0, direction * 30);
        await page.waitForTimeout(8);
      }
    }
    zoom[1] = await page.evaluate(() => performance.now());
    await page.keyboard.down('Space');
    pan[0] = await page.evaluate(() => performance.now());
    for (let sweep = 0; sweep < 6; sweep++) {
      const sign = sweep % 2 === 0 ? 1 : -1;
      await page.mouse.move(cx - 250, cy - 200 * sign);
      await page.mouse.down();
      for (let i = 1; i <= 40; i++) {
        await page.mouse.move(cx - 250 + 12 * i, cy - 200 * sign + 10 * sign * i);
        await page.waitForTimeout(8);
      }
      await page.mouse.up();
    }
    pan[1] = await page.evaluate(() => performance.now());
    await page.keyboard.up('Space');
  });
  memory.push(bench.memory());
  rows.push(frameRow('zoom, 10,000² image, script time a frame', trace.perFrame(...zoom), 8));
  rows.push(frameRow('pan, 10,000² image, script time a frame', trace.perFrame(...pan), 8));
  const sums = memory.map(({ renderer, gpu }) => (renderer + gpu) / 1e6);
  rows.push({
    kind: 'page',
    work: 'memory with the 10,000² image open (renderer and GPU processes)',
    unit: 'MB',
    value: Math.max(...sums),
    atMost: 800,
    scriptMs: null,
    scriptAtMost: null,
    samples: sums.length,
    note: `${sums[0]!.toFixed(0)} MB at first view, ${sums[1]!.toFixed(0)} MB after zooming and panning`,
  });
  return rows;
}

/** Opens a project by the dialog; ms from Enter to the last change of the canvas on the page that comes up. */
async function openProject(bench: Bench, path: string): Promise<number> {
  const { page } = bench;
  await page.getByRole('button', { name: 'File', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Open project…' }).click();
  const box = page.getByRole('dialog').getByRole('textbox');
  await box.fill(path);
  await page.evaluate(() => {
    const note = (event: Event) =>
      sessionStorage.setItem('limn-enter', String(performance.timeOrigin + event.timeStamp));
    window.addEventListener('keydown', note, { capture: true, once: true });
  });
  const loaded = page.waitForEvent('load');
  await box.press('Enter');
  await loaded;
  return page.evaluate(async () => {
    const { changed } = await window.limnProbe!.lastChange(2500, null);
    return performance.timeOrigin + changed - Number(sessionStorage.getItem('limn-enter'));
  });
}

async function benchPaintingWhileTraining(bench: Bench): Promise<MeasuredRow[]> {
  const { page } = bench;
  await page.getByRole('region', { name: 'Image canvas' }).focus();
  await page.keyboard.press('1');
  await bench.ready();
  await takeBrush(bench, 20);
  await bench.post('/api/runs', { minutes: 5, images: '0', device: 'cpu' });
  await page.getByRole('tab', { name: 'Train', exact: true }).click();
  await page
    .getByText(/^step \d+/)
    .first()
    .waitFor();
  const answers: number[] = [];
  await page.evaluate(() => window.limnProbe!.startFrames());
  for (const tool of ['Brush', 'Eraser', 'Brush', 'Eraser']) {
    await page.getByRole('button', { name: tool, exact: true }).click();
    for (const [first, ...rest] of (await freeGround(bench)).slice(0, 12)) {
      await page.mouse.move(first!.x, first!.y);
      await page.mouse.down();
      for (const at of rest) {
        await page.mouse.move(at.x, at.y, { steps: 4 });
      }
      answers.push(await timeRelease(bench));
    }
  }
  const gaps = await page.evaluate(() => window.limnProbe!.stopFrames());
  const late = gaps.filter((gap) => gap > 50).length;
  return [
    answerRow('end of stroke to acknowledged by the store, while a training runs', answers),
    {
      kind: 'page',
      work: 'longest frame while painting and training',
      unit: 'ms',
      value: Math.max(...gaps),
      atMost: 50,
      scriptMs: null,
      scriptAtMost: null,
      samples: gaps.length,
      note: `${late} of ${gaps.length} frames over 50 ms`,
    },
  ];
}

async function benchLongSession(bench: Bench, strokes: number): Promise<MeasuredRow[]> {
  const { page } = bench;
  await page.getByRole('region', { name: 'Image canvas' }).focus();
  await page.keyboard.press('1');
  await bench.ready();
  await takeBrush(bench, 6);
  const ground = (await freeGround(bench)).flat();
  const early: number[] = [];
  const late: number[] = [];
  for (let n = 0; n < strokes; n++) {
    const place = n % ground.length;
    if (place === 0) {
      await bench.ready();
      const tool = Math.floor(n / ground.length) % 2 === 0 ? 'Brush' : 'Eraser';
      await page.getByRole('button', { name: tool, exact: true }).click();
    }
    const at = ground[place]!;
    const into = n >= 100 && n < 200 ? early : n >= strokes - 100 ? late : null;
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    if (into === null) await page.mouse.up();
    else into.push(await timeRelease(bench));
  }
  return [
    {
      kind: 'page',
      work: `a stroke's time, strokes ${strokes - 100}–${strokes} against strokes 100–200, medians`,
      unit: '×',
      value: percentile(late, 50) / percentile(early, 50),
      atMost: 1.2,
      scriptMs: null,
      scriptAtMost: null,
      samples: late.length,
      note: `${percentile(early, 50).toFixed(1)} ms, then ${percentile(late, 50).toFixed(1)} ms`,
    },
  ];
}

function percentile(values: readonly number[], percent = 95): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
