import assert from 'node:assert/strict';
import { constants, getPriority } from 'node:os';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EngineHost } from '../../app/engine/host.ts';
import type { EngineExit } from '../../app/engine/process/messages.ts';
import { isLimnError } from '../../app/errors.ts';

const entry = fileURLToPath(new URL('process/entries/obedientEngine.ts', import.meta.url));
const hosts: EngineHost[] = [];
after(() => Promise.all(hosts.map((host) => host.close())));

async function startHost(): Promise<{ host: EngineHost; exits: EngineExit[] }> {
  const host = await EngineHost.start({ entry });
  hosts.push(host);
  const exits: EngineExit[] = [];
  host.onExit((exit) => exits.push(exit));
  return { host, exits };
}

const load = (host: EngineHost, key: string, options = {}) =>
  host.request('loadModel', { key, bytes: Uint8Array.of(1, 2, 3), device: 'cpu', threads: 1 }, options);

test('requests cross to another process and back, typed arrays, maps and events included', async () => {
  const { host } = await startHost();
  const { device, description, why } = await load(host, 'ok');
  assert.equal(device, `pid ${host.pid}`);
  assert.notEqual(host.pid, process.pid);
  assert.deepEqual([...(description as unknown as Uint8Array)], [1, 2, 3]);
  assert.equal(why, '3');
  const notes: string[] = [];
  const outcome = await host.request('train', {} as never, {
    onEvent: (event) => notes.push(event.type === 'note' ? event.message : '?'),
  });
  assert.deepEqual(notes, ['one', 'two']);
  assert.deepEqual([...(outcome.last?.get('w') ?? [])], [1, 2]);
});

test('an error of the engine keeps tag, sentence and fields', async () => {
  const { host } = await startHost();
  await assert.rejects(load(host, 'fail'), (error) => {
    assert.ok(isLimnError(error, 'CorruptFile'));
    assert.deepEqual(error.fields, { key: 'fail' });
    return true;
  });
});

test('a crash rejects what is pending with EngineLost, counts as crash, and the next request starts a new process', async () => {
  const { host, exits } = await startHost();
  const before = host.pid;
  const waiting = load(host, 'wait');
  const crashing = load(host, 'abort');
  await assert.rejects(waiting, (error) => isLimnError(error, 'EngineLost'));
  await assert.rejects(crashing, (error) => isLimnError(error, 'EngineLost'));
  assert.equal(exits.length, 1);
  assert.equal(exits[0]?.kind, 'crash');
  assert.equal(exits[0]?.signal, 'SIGABRT');
  const { device } = await load(host, 'ok');
  assert.notEqual(device, `pid ${before}`);
});

test('an exit with code 0 is told from a crash, and still loses the request', async () => {
  const { host, exits } = await startHost();
  await assert.rejects(load(host, 'exit'), (error) => isLimnError(error, 'EngineLost'));
  assert.equal(exits[0]?.kind, 'exit');
});

test('a cancelled request is answered by the engine with Cancelled', async () => {
  const { host } = await startHost();
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  await assert.rejects(load(host, 'wait', { signal: controller.signal }), (error) =>
    isLimnError(error, 'Cancelled'),
  );
  await assert.rejects(load(host, 'ok', { signal: controller.signal }), (error) =>
    isLimnError(error, 'Cancelled'),
  );
});

test('an engine that is silent for longer than the patience is ended', async () => {
  const { host, exits } = await startHost();
  const hanging = load(host, 'hang', { patienceMilliseconds: () => 150 });
  await assert.rejects(hanging, (error) => isLimnError(error, 'EngineLost'));
  assert.equal(exits[0]?.signal, 'SIGKILL');
});

test('close ends even a process that does not listen, counts as killed, and nothing is started afterwards', async () => {
  const host = await EngineHost.start({ entry, closeMilliseconds: 100 });
  const exits: EngineExit[] = [];
  host.onExit((exit) => exits.push(exit));
  const hanging = assert.rejects(load(host, 'hang'), (error) => isLimnError(error, 'EngineLost'));
  await host.close();
  await hanging;
  assert.equal(exits[0]?.kind, 'killed');
  await assert.rejects(load(host, 'ok'), (error) => isLimnError(error, 'EngineLost'));
});

test('an engine beside a page yields to other work', async () => {
  const host = await EngineHost.start({ entry, yields: true });
  hosts.push(host);
  const own = getPriority(process.pid);
  assert.equal(getPriority(host.pid), Math.max(own, constants.priority.PRIORITY_BELOW_NORMAL));
  const { host: plain } = await startHost();
  assert.equal(getPriority(plain.pid), own);
});
