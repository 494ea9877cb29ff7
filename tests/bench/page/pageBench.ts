/** The page's benchmark: the "what it must show" table of the workstation, measured with real pointer events in headless Chromium. */

import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bench } from './browser.ts';
import { type MeasuredRow, type PageRow, sentenceOf } from './pageRow.ts';
import {
  benchLongSession,
  benchPainting,
  benchPaintingWhileTraining,
  benchWeightMap,
} from './paintingScenarios.ts';
import { OBJECTS, SIDE, simulatedProject } from './simulatedProject.ts';
import { benchContrast, benchLarge, benchSwitching } from './viewingScenarios.ts';

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
