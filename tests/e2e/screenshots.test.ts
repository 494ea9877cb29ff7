/** Pictures of every panel, dark and light, into an ignored folder, to be looked at; fails if a panel does not come up. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Workstation } from './workstation.ts';

let work: Workstation;

before(async () => {
  work = await Workstation.start();
});
after(() => work.close());

async function show(tab: string, name: string, scheme: string): Promise<void> {
  await work.tab(tab);
  await work.page.getByRole('tabpanel', { name: tab }).waitFor();
  await work.page.waitForTimeout(350);
  await work.screenshot(`${name}-${scheme}`);
}

for (const scheme of ['dark', 'light'] as const) {
  test(`every panel comes up in the ${scheme} theme`, { timeout: 90_000 }, async () => {
    await work.page.emulateMedia({ colorScheme: scheme });
    await show('Labels', 'labels', scheme);
    await work.checkbox('Show weight map').check();
    await show('Weight map', 'weight-map', scheme);
    await work.checkbox('Show weight map').uncheck();
    await show('Train', 'train', scheme);
    await show('Predict', 'predict', scheme);
    await show('Export', 'export', scheme);
    await work.page.keyboard.press('?');
    await work.page.getByRole('dialog').waitFor();
    await work.page.waitForTimeout(300);
    await work.screenshot(`shortcuts-${scheme}`);
    await work.page.keyboard.press('Escape');
    await work.page.getByRole('dialog').waitFor({ state: 'hidden' });
    await work.button('File').click();
    await work.page.waitForTimeout(250);
    await work.screenshot(`menu-${scheme}`);
    await work.page.keyboard.press('Escape');
    assert.deepEqual(work.complaints, []);
  });
}
