import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import { type RunningServer, startServer } from '../../app/server.ts';
import { createProject } from '../../app/services/project.ts';

let folder: string;
let projectPath: string;
let server: RunningServer;
let cookie: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limn-server-'));
  projectPath = join(folder, 'p.limn');
  createProject(projectPath, { classes: ['nucleus'] }).close();
  await mkdir(join(folder, 'page/assets'), { recursive: true });
  await writeFile(join(folder, 'page/index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(folder, 'page/assets/a-1.js'), 'export {};');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  server = await startServer({ projectPath, rendererFolder: join(folder, 'page') });
  const entry = await fetch(server.url, { redirect: 'manual' });
  assert.equal(entry.status, 303);
  assert.equal(entry.headers.get('location'), '/');
  const given = entry.headers.get('set-cookie') ?? '';
  assert.match(given, /; HttpOnly; SameSite=Strict$/);
  assert.ok(!given.includes(server.token));
  cookie = given.split(';')[0] ?? '';
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A request with any headers, the path sent as it is (fetch would tidy both). */
function raw(path: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port: server.port, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('the address is loopback with a long token', () => {
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
});

test('nothing is answered without token or cookie', async () => {
  assert.equal((await raw('/api/project')).status, 401);
  assert.equal((await raw('/api/project', { cookie: `${cookie.slice(0, -1)}x` })).status, 401);
  assert.equal((await raw(`/api/project?token=${server.token}`)).status, 401);
  assert.equal((await raw('/assets/a-1.js')).status, 401);
  const page = await raw('/?token=wrong');
  assert.equal(page.status, 401);
  assert.match(page.text, /Open the whole address/);
  assert.equal((await raw('/api/project', { cookie })).status, 200);
  assert.equal((await raw('/api/project', { authorization: `Bearer ${server.token}` })).status, 200);
});

test('a foreign Host, a foreign Origin and a foreign site are refused even with the cookie', async () => {
  const refused = [
    { host: `evil.example:${server.port}` },
    { host: `127.0.0.1.evil.example:${server.port}` },
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: `http://127.0.0.1:${server.port + 1}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of refused) {
    assert.equal((await raw('/api/project', { cookie, ...headers })).status, 403, JSON.stringify(headers));
  }
  const allowed = [
    { host: 'localhost:9000', origin: 'http://localhost:9000' },
    { origin: server.origin, 'sec-fetch-site': 'same-origin' },
  ];
  for (const headers of allowed) {
    assert.equal((await raw('/api/project', { cookie, ...headers })).status, 200, JSON.stringify(headers));
  }
});

test('the page is served with a strict policy, hashed files for ever', async () => {
  const page = await fetch(`${server.origin}/`, { headers: { cookie } });
  assert.equal(page.status, 200);
  const policy = page.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  const script = await fetch(`${server.origin}/assets/a-1.js`, { headers: { cookie } });
  assert.match(script.headers.get('content-type') ?? '', /javascript/);
  assert.match(script.headers.get('cache-control') ?? '', /immutable/);
});

test('no path leads out of the page’s folder', async () => {
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/%00',
    '/%',
  ]) {
    const { status, text } = await raw(path, { cookie });
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    assert.ok(!text.includes('secret\n') && text !== 'secret', path);
  }
});

test('a page that is not built says how to build it', async () => {
  const bare = await startServer({ rendererFolder: join(folder, 'nowhere') });
  try {
    const response = await fetch(`${bare.origin}/`, { headers: { authorization: `Bearer ${bare.token}` } });
    assert.equal(response.status, 503);
    assert.match(await response.text(), /npm run build/);
  } finally {
    await bare.close();
  }
});

test('the lock of the project names this server, without its token', async () => {
  const lock = await readFile(`${projectPath}.lock`, 'utf8');
  assert.ok(lock.includes(server.origin));
  assert.ok(!lock.includes(server.token));
  await assert.rejects(
    startServer({ projectPath }),
    (error) => isLimnError(error, 'ProjectLocked') && error.fields['address'] === server.origin,
  );
});

test('a port that is taken is refused by name', async () => {
  await assert.rejects(
    startServer({ port: server.port }),
    (error) => isLimnError(error, 'WrongUsage') && error.message.includes(String(server.port)),
  );
});

test('a client that leaves aborts the request it made', async () => {
  const listening = server.backend;
  const leave = new AbortController();
  const stream = await fetch(`${server.origin}/api/events`, { headers: { cookie }, signal: leave.signal });
  const reader = stream.body?.getReader();
  await reader?.read();
  leave.abort();
  await assert.rejects(async () => {
    for (;;) if ((await reader?.read())?.done) return;
  });
  assert.ok(listening.projectPath?.endsWith('p.limn'));
});

test('closing ends event streams, frees port and lock, truncates the log, and can be done twice', async () => {
  const path = join(folder, 'q.limn');
  createProject(path).close();
  const second = await startServer({ projectPath: path });
  const headers = { authorization: `Bearer ${second.token}`, 'content-type': 'application/json' };
  await fetch(`${second.origin}/api/classes`, {
    method: 'POST',
    headers,
    body: '{"name":"a","kind":"thing"}',
  });
  const stream = await fetch(`${second.origin}/api/events`, { headers });
  const ended = stream.text();
  await second.close();
  await second.close();
  await ended;
  assert.ok(!existsSync(`${path}.lock`));
  assert.ok(!existsSync(`${path}-wal`));
  const third = await startServer({ projectPath: path, port: second.port });
  await third.close();
});
