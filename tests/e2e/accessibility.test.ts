/** axe-core on every panel and dialog, dark and light: nothing serious or critical; and what has the focus shows it. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import type { AxeResults } from 'axe-core';
import { makeProjectWithRuns } from './projectWithRuns.ts';
import { Workstation } from './workstation.ts';

let work: Workstation;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

before(async () => {
  work = await Workstation.start({ makeProject: makeProjectWithRuns });
  await work.page.evaluate(axe);
  await work.showImage(1);
});
after(() => work.close());

/** What axe finds of weight on the page as it stands, one line an element. */
async function findings(where: string): Promise<string[]> {
  const { violations } = await work.page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(
        (node) =>
          `${where}: ${id}: ${node.html.slice(0, 120)} (${node.any[0]?.message ?? node.all[0]?.message})`,
      ),
    );
}

const dialogs: readonly [string, () => Promise<void>][] = [
  ['shortcuts', () => work.page.keyboard.press('?')],
  ['menu', () => work.button('File').click()],
  ['palette', () => work.page.keyboard.press('Control+k')],
  ['all images', () => work.button('All images').click()],
  [
    'runs',
    async () => {
      await work.tab('Train');
      await work.page.getByRole('button', { name: /2 runs/ }).click();
    },
  ],
];

for (const scheme of ['dark', 'light'] as const) {
  test(`axe finds nothing serious in any panel, ${scheme}`, { timeout: 180_000 }, async () => {
    const found: string[] = [];
    await work.page.emulateMedia({ colorScheme: scheme });
    for (const name of ['Labels', 'Weight map', 'Train', 'Predict', 'Export']) {
      await work.tab(name);
      await work.page.getByRole('tabpanel', { name }).waitFor();
      if (name === 'Train') await work.page.getByText('Advanced', { exact: true }).click();
      await work.page.waitForTimeout(400);
      found.push(...(await findings(name)));
    }
    await work.button('Change the pixel size').click();
    found.push(...(await findings('pixel size')));
    await work.button('Change the pixel size').click();
    assert.deepEqual([...new Set(found)], []);
  });

  test(`axe finds nothing serious in any dialog, ${scheme}`, { timeout: 180_000 }, async () => {
    const found: string[] = [];
    await work.page.emulateMedia({ colorScheme: scheme });
    for (const [name, open] of dialogs) {
      await open();
      await work.page.waitForTimeout(500);
      found.push(...(await findings(name)));
      await work.page.keyboard.press('Escape');
      await work.page.waitForTimeout(300);
    }
    await work.page.keyboard.press('Escape');
    assert.deepEqual([...new Set(found)], []);
  });
}

test('Tab goes from control to control and each shows that it has the focus', {
  timeout: 60_000,
}, async () => {
  await work.tab('Train');
  await work.button('File').focus();
  const unseen: string[] = [];
  for (let i = 0; i < 60; i++) {
    await work.page.keyboard.press('Tab');
    const bare = await work.page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return null;
      // The ring may be drawn by what encloses the control.
      for (let at: HTMLElement | null = element, up = 0; at && up < 3; at = at.parentElement, up++) {
        const { outlineStyle, outlineWidth } = getComputedStyle(at);
        if (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1) return null;
      }
      return element.outerHTML.slice(0, 120);
    });
    if (bare !== null) unseen.push(bare);
  }
  assert.deepEqual(unseen, []);
});

test('the page reported no error', () => assert.deepEqual(work.complaints, []));
