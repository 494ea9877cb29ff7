/** Devices are listed without dying, and software adapters are told from real ones. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkSpec } from '../../../app/engine/modelDescription.ts';
import { adapterFromLibraries } from '../../../app/engine/runtime/adapter.ts';
import { chooseDevice, listDevices } from '../../../app/engine/runtime/devices.ts';

const spec: NetworkSpec = {
  kind: 'unet',
  padding: 'same',
  depth: 2,
  baseFilters: 4,
  inputChannels: 1,
  classes: 2,
  normalisation: 'none',
  dropout: 0,
};

test('the CPU is there, with threads; a WebGPU that is not there says why', async () => {
  const [cpu, webgpu] = await listDevices();
  assert.equal(cpu!.name, 'cpu');
  assert.ok(cpu!.available && cpu!.threads! > 0 && cpu!.description.length > 0 && cpu!.reason === null);
  assert.equal(webgpu!.name, 'webgpu');
  assert.equal(webgpu!.available, webgpu!.reason === null);
});

test('auto gives a device that is there and a sentence, and never a software adapter', async () => {
  const { device, why } = await chooseDevice('auto', spec, { y: 64, x: 64 });
  const [, webgpu] = await listDevices();
  if (device === 'webgpu') assert.ok(webgpu!.available && !webgpu!.software);
  assert.match(why, /^[A-Z].*\.$/);
  assert.equal((await chooseDevice('cpu', spec, { y: 64, x: 64 })).device, 'cpu');
});

test('a software adapter is told by its driver, unless a real one is loaded beside it', () => {
  const lavapipe = '/usr/lib/x86_64-linux-gnu/libvulkan_lvp.so';
  assert.equal(adapterFromLibraries(['/usr/lib/chromium/libvk_swiftshader.so']).software, true);
  assert.equal(adapterFromLibraries([lavapipe]).software, true);
  assert.deepEqual(adapterFromLibraries([lavapipe, '/usr/lib/libvulkan_radeon.so']), {
    description: 'AMD',
    software: false,
  });
  assert.equal(adapterFromLibraries(['/usr/lib/libc.so.6']).software, false);
});
