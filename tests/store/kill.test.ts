import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkProject } from '../../app/services/doctorService.ts';
import { addImage, createStore, openStore, temporaryFolder } from './testProject.ts';

const SIDE = 600;

/** Paints one stroke after the other, each a row of background, and prints the number of each once it is stored. */
function painterScript(path: string, imageId: number): string {
  return `
    import { openProject } from ${JSON.stringify(new URL('../../app/services/project.ts', import.meta.url).href)};
    import { writeSync } from 'node:fs';
    const project = openProject(${JSON.stringify(path)}, { mode: 'write' });
    for (let y = 0; y < ${SIDE}; y++) {
      const labels = new Uint32Array(${SIDE}).fill(1);
      project.store.edits.apply({ imageId: ${imageId}, t: 0, z: 0, kind: 'brush', regions: [{ x: 0, y, w: ${SIDE}, h: 1, labels }] });
      writeSync(1, y + '\\n');
    }
  `;
}

test('strokes that were acknowledged survive SIGKILL at any moment, and the project is sound', async (context) => {
  const folder = temporaryFolder(context);
  for (const [round, patience] of [5, 60, 150].entries()) {
    const path = join(folder, `${round}.limn`);
    const store = createStore(path);
    const imageId = await addImage(store, { y: SIDE, x: SIDE });
    store.close();
    const child = spawn(process.execPath, ['--input-type=module', '-e', painterScript(path, imageId)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (data: Buffer) => {
      printed += data.toString();
    });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, patience));
    child.kill('SIGKILL');
    await once(child, 'close');
    const acknowledged = printed.split('\n').length - 1;
    assert.ok(acknowledged > 0);
    const report = await checkProject(path);
    assert.deepEqual(report.findings, []);
    const reopened = openStore(path);
    const rows = reopened.labels.summary(imageId).labelledPixels / SIDE;
    assert.ok(
      rows === acknowledged || rows === acknowledged + 1,
      `${rows} rows, ${acknowledged} acknowledged`,
    );
    for (let undone = 0; undone < rows; undone++) assert.notEqual(reopened.edits.undo(imageId), null);
    assert.equal(reopened.labels.summary(imageId).labelledPixels, 0);
    reopened.close();
  }
});
