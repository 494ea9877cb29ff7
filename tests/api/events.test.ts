import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventHub } from '../../app/api/eventHub.ts';
import { eventStream } from '../../app/api/eventStream.ts';
import type { BackendEvent } from '../../app/api/types.ts';

const labels = (imageId: number): BackendEvent => ({ type: 'labels', imageId });

interface Message {
  id: string;
  event: BackendEvent;
}

/** Reads the stream as a browser does, message by message. */
async function* messages(response: Response): AsyncGenerator<Message | 'heartbeat'> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      if (block.startsWith(': heartbeat')) yield 'heartbeat';
      const [, id, data] = /^id: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (id !== undefined && data !== undefined) yield { id, event: JSON.parse(data) as BackendEvent };
    }
  }
}

async function next(stream: AsyncGenerator<Message | 'heartbeat'>): Promise<Message> {
  for (;;) {
    const { value, done } = await stream.next();
    assert.ok(!done, 'the stream ended');
    if (value !== 'heartbeat') return value;
  }
}

function open(hub: EventHub, lastEventId?: string, heartbeatMs?: number) {
  const controller = new AbortController();
  const response = eventStream(hub, {
    lastEventId,
    signal: controller.signal,
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
  });
  return { response, stream: messages(response), controller };
}

test('events arrive in order, and only while somebody listens', async () => {
  const hub = new EventHub('a');
  hub.publish(labels(1));
  const { stream, response } = open(hub);
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  hub.publish(labels(2));
  hub.publish(labels(3));
  assert.deepEqual((await next(stream)).event, labels(2));
  assert.deepEqual((await next(stream)).event, labels(3));
  assert.equal(hub.listeners, 1);
  await stream.return(undefined);
  assert.equal(hub.listeners, 0);
});

test('a lost connection resumes after the last event it saw, none twice, none lost', async () => {
  const hub = new EventHub('a');
  const first = open(hub);
  hub.publish(labels(1));
  const { id } = await next(first.stream);
  await first.stream.return(undefined);
  hub.publish(labels(2));
  hub.publish(labels(3));
  const second = open(hub, id);
  hub.publish(labels(4));
  const got = [await next(second.stream), await next(second.stream), await next(second.stream)];
  assert.deepEqual(
    got.map(({ event }) => event),
    [labels(2), labels(3), labels(4)],
  );
});

test('after a gap or a restart everything is to be asked for again', () => {
  const hub = new EventHub('b', 3);
  for (let image = 1; image <= 5; image++) hub.publish(labels(image));
  const types = (lastId: string | undefined): string[] =>
    hub.eventsAfter(lastId).map(({ event }) => event.type);
  assert.deepEqual(types('b-2'), ['labels', 'labels', 'labels']);
  assert.deepEqual(types('b-5'), []);
  assert.deepEqual(types('b-1'), ['project', 'images']);
  assert.deepEqual(types('a-4'), ['project', 'images']);
  assert.deepEqual(types('nonsense'), ['project', 'images']);
  assert.deepEqual(types(undefined), []);
});

test('a heartbeat comes while nothing happens', async () => {
  const { stream } = open(new EventHub('a'), undefined, 5);
  const { value } = await stream.next();
  assert.equal(value, 'heartbeat');
  await stream.return(undefined);
});

test('the stream ends when the hub closes or the request is aborted', async () => {
  const hub = new EventHub('a');
  const closed = open(hub);
  const aborted = open(hub);
  aborted.controller.abort();
  assert.equal((await aborted.stream.next()).done, true);
  assert.equal(hub.listeners, 1);
  hub.close();
  assert.equal((await closed.stream.next()).done, true);
  assert.equal(hub.listeners, 0);
});
