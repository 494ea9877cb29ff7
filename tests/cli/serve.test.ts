/** `limn serve`: the page and the API at the printed address, one owner for the project, an orderly end. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ImageInfo } from '../../app/api/types.ts';
import { limnJson, runLimn, startLimn, temporaryFolder } from '../support/runLimn.ts';

test('a served project shows its page, reads beside others, and is written by the server alone', {
  timeout: 240_000,
}, async (t) => {
  const folder = temporaryFolder(t);
  const project = join(folder, 'cells.limn');
  await limnJson('sample', join(folder, 'demo'), '--count', '2');
  await limnJson('new', project);
  await limnJson('import', project, join(folder, 'demo/images'));

  const { child, done } = startLimn(['serve', project, '--json']);
  t.after(() => child.kill('SIGKILL'));
  const address = await new Promise<string>((resolve) => {
    let told = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      if (told.includes('\n')) resolve((JSON.parse(told) as { address: string }).address);
    });
  });
  const welcome = await fetch(address, { redirect: 'manual' });
  const cookie = welcome.headers.get('set-cookie')?.split(';')[0] ?? '';
  const { origin } = new URL(address);
  const page = await fetch(`${origin}/`, { headers: { cookie } });
  assert.deepEqual([page.status, page.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
  const images = (await (await fetch(`${origin}/api/images`, { headers: { cookie } })).json()) as ImageInfo[];
  assert.equal(images.length, 2);
  assert.equal((await fetch(`${origin}/api/images`)).status, 401);

  const refused = await runLimn('import', project, join(folder, 'demo/images'));
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, new RegExp(`cells\\.limn' is open in another Limn .*${origin}`));
  assert.equal((await runLimn('doctor', project)).code, 0);

  child.kill('SIGINT');
  const ended = await done;
  assert.deepEqual(
    [ended.code, existsSync(`${project}.lock`), existsSync(`${project}-wal`)],
    [130, false, false],
  );
});
