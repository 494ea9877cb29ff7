/** Looking: contrast, switching images, opening, zooming and panning a large one. */

import { join } from 'node:path';
import type { Bench } from './browser.ts';
import { frameRow, type MeasuredRow, percentile } from './pageRow.ts';
import { OBJECTS, SIDE, simulatedProject } from './simulatedProject.ts';
import { traceScript } from './trace.ts';

const LARGE_SIDE = 10_000;

export async function benchContrast(bench: Bench): Promise<MeasuredRow[]> {
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
      await bench.markClock();
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

export async function benchSwitching(bench: Bench): Promise<MeasuredRow[]> {
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

export async function benchLarge(bench: Bench, folder: string): Promise<MeasuredRow[]> {
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
    await bench.markClock();
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
