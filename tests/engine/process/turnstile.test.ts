import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Turnstile } from '../../../app/engine/process/turnstile.ts';

test('one at a time, and urgent work goes before work that waits patiently', async () => {
  const turnstile = new Turnstile();
  const order: string[] = [];
  let inside = 0;
  const work = (name: string) => async (): Promise<void> => {
    inside++;
    assert.equal(inside, 1);
    await wait(2);
    order.push(name);
    inside--;
  };
  await Promise.all([
    turnstile.run('patient', work('step 1')),
    turnstile.run('patient', work('step 2')),
    turnstile.run('urgent', work('prediction 1')),
    turnstile.run('urgent', work('prediction 2')),
  ]);
  assert.deepEqual(order, ['step 1', 'prediction 1', 'prediction 2', 'step 2']);
});

test('work that throws lets the next one in', async () => {
  const turnstile = new Turnstile();
  await assert.rejects(
    turnstile.run('patient', () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(await turnstile.run('urgent', async () => 7), 7);
});
