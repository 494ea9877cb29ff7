/** Devices are listed without dying, and software adapters are told from real ones. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { NetworkSpec } from '../../../app/engine/modelDescription.ts';
import { adapterFromLibraries } from '../../../app/engine/runtime/adapter.ts';
import { absenceOf, parseNvidiaMemory } from '../../../app/engine/runtime/deviceSupport.ts';
import { chooseDevice, listDevices } from '../../../app/engine/runtime/devices.ts';
import { cachedProbe, keepProbe, systemFingerprint } from '../../../app/engine/runtime/probeCache.ts';
import { isLimnError } from '../../../app/errors.ts';

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

test('CUDA and DirectML say why they are not there, each on its own system only', async () => {
  const devices = new Map((await listDevices()).map((device) => [device.name, device]));
  assert.deepEqual([...devices.keys()], ['cpu', 'webgpu', 'cuda', 'dml']);
  assert.equal(devices.get('cpu')?.memoryBytes, totalmem());
  for (const name of ['cuda', 'dml'] as const) {
    const { available, reason } = devices.get(name)!;
    assert.equal(available, reason === null);
    if (available) continue;
    await assert.rejects(
      chooseDevice(name, spec, { y: 64, x: 64 }),
      (error) => isLimnError(error, 'DeviceUnavailable') && error.message === reason,
    );
  }
  assert.match(absenceOf('cuda', 'win32', 'x64') ?? '', /Linux/);
  assert.match(absenceOf('cuda', 'linux', 'arm64') ?? '', /x64/);
  assert.match(absenceOf('dml', 'linux', 'x64') ?? '', /Windows/);
  assert.equal(absenceOf('dml', 'win32', 'x64'), null);
  assert.match(absenceOf('webgpu', 'darwin', 'x64') ?? '', /Intel/);
  assert.equal(absenceOf('webgpu', 'darwin', 'arm64'), null);
});

test('the memory of a card is read from what its tool prints', () => {
  assert.equal(parseNvidiaMemory('24576\n8192\n'), 24576 * 2 ** 20);
  assert.equal(parseNvidiaMemory('[N/A]'), null);
  assert.equal(parseNvidiaMemory(''), null);
});

test('a timed probe is kept, until runtime or drivers change or the file is damaged; one that failed is not', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'limn-probes-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const report = {
    ok: true,
    adapter: { description: 'some card', software: false },
    milliseconds: 12.5,
    macs: 1e9,
    reason: null,
  };
  assert.equal(cachedProbe('a', folder), null);
  keepProbe('a', report, folder);
  keepProbe('b', { ...report, ok: false, milliseconds: null, reason: 'no' }, folder);
  assert.deepEqual(cachedProbe('a', folder), report);
  assert.equal(cachedProbe('b', folder), null);
  const path = join(folder, 'probes.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace(systemFingerprint(), 'another system'));
  assert.equal(cachedProbe('a', folder), null);
  writeFileSync(path, '{"a": 3');
  assert.equal(cachedProbe('a', folder), null);
  keepProbe('a', report, folder);
  assert.deepEqual(cachedProbe('a', folder), report);
  const driver = join(folder, 'driver.json');
  writeFileSync(driver, 'one');
  const before = systemFingerprint({ VK_DRIVER_FILES: driver });
  writeFileSync(driver, 'another');
  assert.notEqual(systemFingerprint({ VK_DRIVER_FILES: driver }), before);
});
