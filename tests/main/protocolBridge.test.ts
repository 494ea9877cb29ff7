import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { slowRawResponse } from '../../app/api/rawResponse.ts';
import { bridgeProtocol } from '../../main/protocolBridge.ts';

test('cancelling the body aborts the request that the backend is working on', async () => {
  const aborted = Promise.withResolvers<true>();
  const bridge = bridgeProtocol((request) =>
    slowRawResponse(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            aborted.resolve(true);
            reject(new Error('given up'));
          });
        }),
      request.signal,
      { shape: { y: 1, x: 1 }, type: 'uint8', headStartMs: 1 },
    ),
  );
  const response = await bridge(new Request('limn://app/api/images/1/pixels/0/0/0/0/0/0'));
  assert.equal(response.headers.get('x-limn-shape'), '1,1');
  await response.body?.cancel();
  assert.equal(await Promise.race([aborted.promise, delay(500, false)]), true);
});

test('the signal that the backend sees fires with the body alone, whatever the backend does with it', async () => {
  let seen: AbortSignal | undefined;
  const bridge = bridgeProtocol(async (request) => {
    seen = request.signal;
    return new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }));
  });
  const response = await bridge(new Request('limn://app/api/events'));
  assert.equal(seen?.aborted, false);
  await response.body?.cancel();
  assert.equal(seen?.aborted, true);
});

test('bytes, status, headers, method and body pass through unchanged', async () => {
  const bridge = bridgeProtocol(async (request) => {
    const sent = await request.text();
    return new Response(`${request.method} ${sent} ${new URL(request.url).pathname}`, {
      status: 201,
      headers: { 'x-limn-type': 'uint8' },
    });
  });
  const response = await bridge(new Request('limn://app/api/edits', { method: 'POST', body: 'label' }));
  assert.equal(response.status, 201);
  assert.equal(response.headers.get('x-limn-type'), 'uint8');
  assert.equal(await response.text(), 'POST label /api/edits');
});

test('an answer without a body stays without one', async () => {
  const bridge = bridgeProtocol(async () => new Response(null, { status: 204 }));
  const response = await bridge(new Request('limn://app/api/images/1/undo', { method: 'POST' }));
  assert.deepEqual([response.status, response.body], [204, null]);
});

test('a body that breaks off breaks off for the page too', async () => {
  const bridge = bridgeProtocol(
    async () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            controller.error(new Error('the file is cut short'));
          },
        }),
      ),
  );
  const response = await bridge(new Request('limn://app/api/images/1/pixels/0/0/0/0/0/0'));
  await assert.rejects(response.text(), /cut short/);
});

test('another host under the scheme gets nothing', async () => {
  let asked = false;
  const bridge = bridgeProtocol(async () => {
    asked = true;
    return new Response('');
  });
  assert.equal((await bridge(new Request('limn://elsewhere/api/project'))).status, 404);
  assert.equal(asked, false);
});
