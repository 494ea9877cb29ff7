import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { rawResponse, slowRawResponse } from '../../app/api/rawResponse.ts';
import { LimnError } from '../../app/errors.ts';

const options = { shape: { y: 2, x: 2 }, type: 'uint16' } as const;
const never = new AbortController().signal;

test('a view into a larger buffer sends its own values only', async () => {
  const buffer = Uint16Array.of(9, 9, 1, 2, 3, 4, 9);
  const response = rawResponse(buffer.subarray(2, 6), options);
  assert.deepEqual(new Uint16Array(await response.arrayBuffer()), Uint16Array.of(1, 2, 3, 4));
  assert.equal(response.headers.get('x-limn-shape'), '2,2');
  assert.equal(response.headers.get('x-limn-type'), 'uint16');
});

test('slow values are streamed after the headers', async () => {
  const produce = async (): Promise<Uint16Array> => {
    await delay(30);
    return Uint16Array.of(1, 2, 3, 4);
  };
  const response = await slowRawResponse(produce, never, { ...options, headStartMs: 1 });
  assert.equal(response.headers.get('x-limn-shape'), '2,2');
  assert.deepEqual(new Uint16Array(await response.arrayBuffer()), Uint16Array.of(1, 2, 3, 4));
});

test('an early failure is thrown, so that it gets its status', async () => {
  const produce = (): Promise<Uint16Array> =>
    Promise.reject(new LimnError('CorruptFile', 'a.tif is cut short.'));
  await assert.rejects(slowRawResponse(produce, never, options), /cut short/);
});

test('a late failure breaks the body off', async () => {
  const produce = async (): Promise<Uint16Array> => {
    await delay(20);
    throw new LimnError('CorruptFile', 'a.tif is cut short.');
  };
  const response = await slowRawResponse(produce, never, { ...options, headStartMs: 1 });
  await assert.rejects(response.arrayBuffer(), /cut short/);
});

test('a reader who gives up stops the work, by body or by request', async () => {
  for (const how of ['body', 'request'] as const) {
    const request = new AbortController();
    const stopped = Promise.withResolvers<true>();
    const produce = (signal: AbortSignal): Promise<Uint16Array> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped.resolve(true);
          reject(new LimnError('Cancelled', 'Stopped.'));
        });
      });
    const response = await slowRawResponse(produce, request.signal, { ...options, headStartMs: 1 });
    if (how === 'body') await response.body?.cancel();
    else {
      request.abort();
      await assert.rejects(response.arrayBuffer());
    }
    assert.equal(await Promise.race([stopped.promise, delay(500, false)]), true, how);
  }
});
