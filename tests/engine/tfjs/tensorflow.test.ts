/** Which package of TensorFlow.js is taken, and what is said of those that do not load. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { tryTensorflow } from '../../../app/engine/runtime/devices.ts';
import { type LoadPackage, loadFrom } from '../../../app/engine/tfjs/tensorflow.ts';
import { isLimnError } from '../../../app/errors.ts';

const missing = (name: string): never => {
  throw new Error(`Cannot find module '${name}'\nRequire stack:\n- /somewhere.ts`);
};

test('the package for NVIDIA cards is taken where it loads, with nothing to explain', async () => {
  const asked: string[] = [];
  const load: LoadPackage = (name) => {
    asked.push(name);
    return tf;
  };
  const { description, plain, reason } = await loadFrom(load);
  assert.deepEqual(asked, ['@tensorflow/tfjs-node-gpu']);
  assert.match(description, /^@tensorflow\/tfjs-node-gpu 4\.\d+\.\d+ \(TensorFlow for NVIDIA cards\)$/);
  assert.deepEqual([plain, reason], [false, null]);
});

test('the next package stands in, and each that did not load is named with its reason', async () => {
  const load: LoadPackage = (name) => {
    if (name === '@tensorflow/tfjs-node') return missing(name);
    if (name === '@tensorflow/tfjs-node-gpu')
      throw new Error('libcudart.so.11.0: cannot open shared object file\n    at dlopen');
    return tf;
  };
  const { description, plain, reason } = await loadFrom(load);
  assert.match(description, /^@tensorflow\/tfjs 4.* \(plain JavaScript/);
  assert.equal(plain, true);
  assert.equal(
    reason,
    '@tensorflow/tfjs-node-gpu does not load (libcudart.so.11.0: cannot open shared object file); @tensorflow/tfjs-node is not installed.',
  );
});

test('where nothing loads one sentence says so and how to go on', async () => {
  await assert.rejects(
    loadFrom(missing),
    (error) =>
      isLimnError(error, 'DeviceUnavailable') &&
      /tfjs-node-gpu is not installed; .*tfjs is not installed\. Install it with "npm run setup:tensorflow", or leave --engine out\.$/.test(
        error.message,
      ),
  );
});

test('a function that newer Node versions lack and the native package calls is there again', async () => {
  await loadFrom(() => tf);
  const util = process.getBuiltinModule('node:util') as unknown as Record<
    string,
    (value: unknown) => boolean
  >;
  assert.deepEqual(
    [undefined, null, 0].map((value) => util['isNullOrUndefined']!(value)),
    [true, true, false],
  );
});

test('a process of its own tells what loads here', async () => {
  const { ok, adapter, reason } = await tryTensorflow();
  assert.equal(ok, true);
  assert.match(adapter!.description, /^@tensorflow\/tfjs/);
  // Where nothing native is installed, the reasons are told.
  if (adapter!.software) assert.match(reason!, /tfjs-node-gpu (is not installed|does not load)/);
});
