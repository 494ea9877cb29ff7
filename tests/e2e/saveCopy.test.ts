/** “Save a copy of the project” from the menu: the copy holds what was just painted, and is refused where a file stands. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openProject } from '../../app/services/project.ts';
import { Workstation } from './workstation.ts';

let work: Workstation;

before(async () => {
  work = await Workstation.start();
});
after(() => work.close());

async function saveAs(name: string): Promise<void> {
  await work.button('File').click();
  await work.page.getByRole('menuitem', { name: 'Save a copy of the project…' }).click();
  await work.page.getByRole('textbox', { name: 'Path' }).fill(name);
  await work.page.waitForTimeout(250);
  await work.screenshotBothThemes('save-copy');
  await work.button('Save copy').click();
  await work.page.getByRole('dialog').waitFor({ state: 'hidden' });
}

test('a copy beside the project holds the last stroke, and is not written twice', async () => {
  const image = await work.showImage(1);
  await work.stroke([100, 100], [160, 100]);
  await saveAs('monday');
  await work.page.getByText('The copy is ').waitFor();
  const copy = openProject(join(work.folder, 'monday.limn'), { mode: 'read' });
  const labels = copy.store.labels.readPlane(image.imageId, 0, 0);
  copy.close();
  assert.equal(labels[100 * 512 + 130], 2);
  await saveAs('monday.limn');
  await work.page.getByText('exists already. Choose another name').waitFor();
  await work.stroke([100, 200], [160, 200]);
  await work.settled();
  assert.equal((await work.labels(image.imageId))[200 * 512 + 130], 3, 'the project itself stays open');
});
