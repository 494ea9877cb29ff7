/** Strokes with a real pointer: what they take to the pixels, to the store, over the weight map, beside a training, over a long day. */

import type { Bench } from './browser.ts';
import { answerRow, latencyRow, type MeasuredRow, percentile } from './pageRow.ts';
import type { FrameReading } from './probe.ts';
import { OBJECTS, SIDE } from './simulatedProject.ts';
import { traceScript } from './trace.ts';

/** Corners of the simulation's grid, which no object covers, well inside the view and under none of its controls; row by row. */
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
    rows.push(row);
  }
  const isFree = await bench.page.evaluate(
    (places) =>
      places.map((line) =>
        line.map(({ x, y }) => document.elementFromPoint(x, y) instanceof HTMLCanvasElement),
      ),
    rows,
  );
  return rows.map((row, j) => row.filter((_, i) => isFree[j]![i])).filter((row) => row.length > 1);
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

export async function benchPainting(bench: Bench): Promise<MeasuredRow[]> {
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
      await bench.markClock();
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

export async function benchWeightMap(bench: Bench): Promise<MeasuredRow[]> {
  const { page } = bench;
  await page.getByRole('checkbox', { name: 'Show weight map' }).check();
  await page.getByRole('checkbox', { name: 'Show labels' }).uncheck();
  await page.getByRole('region', { name: 'Image canvas' }).focus();
  await page.keyboard.press('1');
  await page.evaluate(() => window.limnProbe!.lastChange(2500, null));
  await takeBrush(bench, 20);
  const readings: (FrameReading | null)[] = [];
  const trace = await traceScript(bench.cdp, async () => {
    await bench.markClock();
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

export async function benchPaintingWhileTraining(bench: Bench): Promise<MeasuredRow[]> {
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
      for (const at of rest.slice(0, 8)) {
        await page.mouse.move(at.x, at.y, { steps: 2 });
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

/** A stroke of one place whose time is not taken: the next one does not wait until the page has seen it. */
async function click({ cdp }: Bench, { x, y }: { x: number; y: number }): Promise<void> {
  const button = { x, y, button: 'left', clickCount: 1 } as const;
  await Promise.all([
    cdp.send('Input.dispatchMouseEvent', { ...button, type: 'mousePressed', buttons: 1 }),
    cdp.send('Input.dispatchMouseEvent', { ...button, type: 'mouseReleased', buttons: 0 }),
  ]);
}

export async function benchLongSession(bench: Bench, strokes: number): Promise<MeasuredRow[]> {
  const { page } = bench;
  await page.getByRole('region', { name: 'Image canvas' }).focus();
  await page.keyboard.press('1');
  await bench.ready();
  await takeBrush(bench, 6);
  const ground = (await freeGround(bench)).flat();
  const underWay: Promise<void>[] = [];
  const early: number[] = [];
  const late: number[] = [];
  for (let n = 0; n < strokes; n++) {
    const place = n % ground.length;
    if (place === 0) {
      await Promise.all(underWay.splice(0));
      await bench.ready();
      const tool = Math.floor(n / ground.length) % 2 === 0 ? 'Brush' : 'Eraser';
      await page.getByRole('button', { name: tool, exact: true }).click();
    }
    const at = ground[place]!;
    const into = n >= 100 && n < 200 ? early : n >= strokes - 100 ? late : null;
    if (into === null) {
      underWay.push(click(bench, at));
      if (underWay.length >= 20) await Promise.all(underWay.splice(0));
      continue;
    }
    await Promise.all(underWay.splice(0));
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    into.push(await timeRelease(bench));
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
