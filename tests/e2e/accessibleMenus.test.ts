/** axe-core finds nothing serious in what opens over the frame: menus, lists, dialogs, the tour; and menus are walked by keys. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import type { AxeResults } from 'axe-core';
import { makePredictedProject } from './predictedProject.ts';
import { Workstation } from './workstation.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let work: Workstation;

before(async () => {
  work = await Workstation.start({ makeProject: makePredictedProject });
  await work.page.evaluate(await readFile(AXE, 'utf8'));
});
after(() => work.close());

/** What axe finds of weight on the page as it stands, one line an element, with the place named. */
async function findings(place: string): Promise<string[]> {
  // Colours and opacities on their way are no contrast to judge.
  await work.page.evaluate(() =>
    Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
  );
  await work.page.waitForTimeout(350);
  const { violations } = await work.page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, any, all, none }) => {
        const message = (any[0] ?? all[0] ?? none[0])?.message ?? '';
        return `${place}: ${id} in ${html.slice(0, 140)} (${message})`;
      }),
    );
}

const menu = (name: string) => async () => {
  await work.button(name).click();
  await work.page.getByRole('menu').waitFor();
};
const menuItem = (name: string, item: string | RegExp) => async () => {
  await menu(name)();
  await work.page.getByRole('menuitem', { name: item }).click();
};
const keys = (key: string) => () => work.page.keyboard.press(key);

/** Everything that opens over the frame; Escape closes it. */
const OPENED: readonly [string, () => Promise<void>][] = [
  ...['File', 'Edit', 'View', 'Run', 'Help'].map((name): [string, () => Promise<void>] => [
    `menu ${name}`,
    menu(name),
  ]),
  ['shortcuts', keys('?')],
  ['palette', keys('Control+k')],
  [
    'all images, selected',
    async () => {
      await work.page.keyboard.press('Control+b');
      await work.page.getByRole('grid').focus();
      await work.page.keyboard.press('Control+a');
    },
  ],
  ['history', keys('g')],
  [
    'history with an undone stroke',
    async () => {
      await work.page.keyboard.press('Control+z');
      await work.page.locator('[aria-label="Redo"]:not([disabled])').waitFor();
      await work.page.keyboard.press('g');
      await work.page.locator('.history-list [data-undone="true"]').first().waitFor();
    },
  ],
  [
    'selected objects',
    async () => {
      await work.button('Redo').click();
      await work.settled();
      await work.page.getByRole('list', { name: 'Objects' }).focus();
      await work.page.keyboard.press('Control+a');
    },
  ],
  ['open project', menuItem('File', 'Open project…')],
  ['new project', menuItem('File', 'New project…')],
  ['save a copy', menuItem('File', /^Save a copy/)],
];

for (const colorScheme of ['dark', 'light'] as const) {
  test(`menus, dialogs and lists, ${colorScheme}`, { timeout: 240_000 }, async () => {
    await work.page.emulateMedia({ colorScheme });
    await work.tab('Labels');
    const found: string[] = [];
    for (const [name, open] of OPENED) {
      await work.page.getByRole('region', { name: 'Image canvas' }).focus();
      await open();
      found.push(...(await findings(name)));
      await work.page.keyboard.press('Escape');
      await work.page.waitForTimeout(250);
    }
    assert.deepEqual(found, []);
  });

  test(`tour, ${colorScheme}`, { timeout: 120_000 }, async () => {
    await work.page.emulateMedia({ colorScheme });
    await menuItem('Help', 'Tour of the workstation')();
    const found: string[] = [];
    for (let step = 1; step <= 8; step++) {
      found.push(...(await findings(`tour, step ${step}`)));
      await work.page.keyboard.press('ArrowRight');
    }
    await work.page.getByRole('dialog').waitFor({ state: 'hidden' });
    assert.deepEqual(found, []);
  });
}

test('a menu opened by keys has its first entry at hand', async () => {
  await work.button('Edit').focus();
  await work.page.keyboard.press('Enter');
  await work.page.getByRole('menu').waitFor();
  await work.page.keyboard.press('ArrowDown');
  const entry = () => work.page.evaluate(() => document.activeElement?.textContent ?? '');
  assert.match(await entry(), /^(Undo|Redo)/);
  await work.page.keyboard.press('Escape');
  await work.page.getByRole('menu').waitFor({ state: 'hidden' });
  assert.equal(await entry(), 'Edit');
  assert.deepEqual(work.complaints, []);
});
