/** A server without a project: the page says so, and offers to make, open or look at one. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Workstation } from './workstation.ts';

let work: Workstation;

before(async () => {
  work = await Workstation.start({ makeProject: null, images: false });
});
after(() => work.close());

test('the next step stands in the middle, and a new project opens the page on it', async () => {
  await work.page.getByText('No project is open', { exact: true }).waitFor();
  await work.screenshotBothThemes('no-project');
  await work.button('Open the sample project').waitFor();
  await work.button('Open a project').click();
  await work.page.getByRole('dialog', { name: 'Open a project' }).waitFor();
  await work.page.keyboard.press('Escape');
  await work.button('New project').click();
  const path = join(work.folder, 'monday.limn');
  await work.page.getByRole('textbox', { name: 'Path' }).fill(path);
  await work.button('Create').click();
  await work.page.getByText('Drop images here, or open the sample project.').waitFor();
  assert.ok(existsSync(path));
});
