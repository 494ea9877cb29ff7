/** The first-run tour: begins by itself once on the user's sample project, walks by keys, and comes back from Help. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createProject } from '../../app/services/project.ts';
import { Workstation } from './workstation.ts';

const home = mkdtempSync(join(tmpdir(), 'limn-home-'));
let work: Workstation;

before(async () => {
  // A user whose folder has neither sample project nor note of a tour.
  process.env['XDG_DATA_HOME'] = home;
  work = await Workstation.start({ makeProject: async (path) => createProject(path).close(), images: false });
});
after(async () => {
  await work.close();
  rmSync(home, { recursive: true, force: true });
});

const card = (title?: string) =>
  work.page.getByRole('dialog', title === undefined ? {} : { name: title, exact: true });

/** What the tour's frame lies around. */
async function framed(): Promise<string> {
  return work.page.evaluate(() => {
    const frame = document.querySelector('.tour-part')!.getBoundingClientRect();
    const at = document.elementFromPoint(frame.left + frame.width / 2, frame.top + frame.height - 8)!;
    return (
      at.closest('section[data-image], aside, [role="toolbar"]')?.getAttribute('aria-label') ?? at.tagName
    );
  });
}

const focused = () => work.page.evaluate(() => document.activeElement?.textContent ?? '');
const selectedTab = () => work.page.getByRole('tab', { selected: true }).textContent();

test('an empty project does not begin it, but Help does', async () => {
  await work.button('Open the sample project').waitFor();
  await work.page.waitForTimeout(500);
  assert.equal(await card().count(), 0);
  await work.button('Help').click();
  await work.page.getByRole('menuitem', { name: 'Tour of the workstation' }).click();
  await card('From a few strokes to masks').waitFor();
  await work.page.setViewportSize({ width: 1100, height: 700 });
  for (let step = 1; step < 8; step++) await work.page.keyboard.press('ArrowRight');
  await card('Export masks').waitFor();
  await work.page.waitForTimeout(200);
  const [frame, side] = await Promise.all(
    ['.tour-part', '.side'].map((part) => work.page.locator(part).boundingBox()),
  );
  assert.deepEqual(frame, side);
  await work.page.setViewportSize({ width: 1280, height: 700 });
  await work.page.waitForTimeout(200);
  assert.deepEqual(
    await work.page.locator('.tour-part').boundingBox(),
    await work.page.locator('.side').boundingBox(),
    'it follows the window',
  );
  await work.page.setViewportSize({ width: 1280, height: 800 });
  await work.page.keyboard.press('Enter');
  await card().waitFor({ state: 'hidden' });
});

test('the sample project begins it, Next goes through all parts', async () => {
  await work.button('Open the sample project').click();
  await card('From a few strokes to masks').waitFor();
  await work.ready();
  const seen: unknown[] = [];
  for (;;) {
    await work.page.waitForTimeout(100);
    const title = await card().getByRole('heading').textContent();
    seen.push([title, await framed(), await selectedTab()]);
    await work.screenshotBothThemes(`tour-${seen.length}`);
    assert.equal(await work.checkbox('Show weight map').isChecked(), title === 'What keeps cells apart');
    const next = await focused();
    assert.ok(next === 'Next' || next === 'Done', next);
    await work.page.keyboard.press('Enter');
    if (next === 'Done') break;
  }
  assert.deepEqual(seen, [
    ['From a few strokes to masks', 'Image canvas', 'Labels'],
    ['Your images', 'Images', 'Labels'],
    ['Paint', 'Tools', 'Labels'],
    ['Objects, background, unlabelled', 'Panels', 'Labels'],
    ['What keeps cells apart', 'Image canvas', 'Weight map'],
    ['Train', 'Panels', 'Train'],
    ['Predict and correct', 'Panels', 'Predict'],
    ['Export masks', 'Panels', 'Export'],
  ]);
  await card().waitFor({ state: 'hidden' });
  assert.equal(await selectedTab(), 'Labels');
  assert.equal(await work.checkbox('Show weight map').isChecked(), false);
  assert.equal(
    await work.page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
    'Image canvas',
  );
});

test('it does not come a second time, but from Help, where arrows walk and Escape skips', async () => {
  await work.reload();
  await work.page.waitForTimeout(500);
  assert.equal(await card().count(), 0);
  await work.button('Help').click();
  await work.page.getByRole('menuitem', { name: 'Tour of the workstation' }).click();
  await card('From a few strokes to masks').waitFor();
  await work.page.keyboard.press('ArrowRight');
  await card('Your images').waitFor();
  await work.page.keyboard.press('ArrowRight');
  await card('Paint').waitFor();
  await work.page.keyboard.press('ArrowLeft');
  await card('Your images').waitFor();
  const described = await card().getAttribute('aria-describedby');
  assert.match((await work.page.locator(`[id="${described}"]`).textContent())!, /drop them anywhere/);
  await work.page.keyboard.press('Escape');
  await card().waitFor({ state: 'hidden' });
  assert.deepEqual(work.complaints, []);
});
