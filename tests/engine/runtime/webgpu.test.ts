/** WebGPU against the CPU, on SwiftShader (a GPU simulated by the processor), which Debian's chromium package brings. */

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { largestDifference } from '../graph/runGraph.ts';

const FOLDER = '/usr/lib/chromium';
const DRIVER = `${FOLDER}/vk_swiftshader_icd.json`;

const STEP = new URL('./parityRun.ts', import.meta.url);
const RESIDENCY = new URL('./residencyRun.ts', import.meta.url);
const OPS = new URL('./parityOps.ts', import.meta.url);

interface ParityResult {
  losses: number[];
  tensors: Record<string, number[]>;
  probabilities: number[];
}

/** Runs a script in a process of its own: the driver is chosen by the environment, and may abort. */
function runOn<Result>(script: URL, device: 'cpu' | 'webgpu', ...rest: string[]): Promise<Result> {
  const software = {
    VK_DRIVER_FILES: DRIVER,
    VK_ICD_FILENAMES: DRIVER,
    XDG_RUNTIME_DIR: process.env['XDG_RUNTIME_DIR'] ?? tmpdir(),
    // The package also brings the Vulkan loader, where the system has none.
    LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], FOLDER].filter(Boolean).join(':'),
  };
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(script), [device, ...rest], {
      env: { ...process.env, ...software },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (message) => resolve(message as unknown as Result));
    child.on('exit', (code, signal) =>
      reject(new Error(`${device} ended with ${signal ?? code} before it answered`)),
    );
  });
}

for (const [network, name] of [
  ['unet', 'a U-Net'],
  ['fcn', 'FCN-8s on AlexNet'],
] as const) {
  test(`${name}: a training step, dropout included, its state and a prediction agree with the CPU to 1e-3`, async (t) => {
    if (!existsSync(DRIVER)) {
      t.skip(`${DRIVER} is absent: no software Vulkan driver to test WebGPU with`);
      return;
    }
    const gpu = await runOn<ParityResult>(STEP, 'webgpu', network);
    const cpu = await runOn<ParityResult>(STEP, 'cpu', network);
    assert.ok(largestDifference(gpu.losses, cpu.losses) < 1e-3, `${gpu.losses} and ${cpu.losses}`);
    assert.deepEqual(Object.keys(gpu.tensors), Object.keys(cpu.tensors));
    for (const [name, expected] of Object.entries(cpu.tensors)) {
      const difference = largestDifference(gpu.tensors[name]!, expected);
      assert.ok(difference < 1e-3, `${name} differs by ${difference}`);
    }
    assert.ok(largestDifference(gpu.probabilities, cpu.probabilities) < 1e-3);
  });
}

test('the value and the gradients of each op agree with the CPU to 1e-3', async (t) => {
  if (!existsSync(DRIVER)) {
    t.skip(`${DRIVER} is absent: no software Vulkan driver to test WebGPU with`);
    return;
  }
  const gpu = await runOn<Record<string, number[]>>(OPS, 'webgpu');
  const cpu = await runOn<Record<string, number[]>>(OPS, 'cpu');
  assert.deepEqual(Object.keys(gpu), Object.keys(cpu));
  for (const [name, expected] of Object.entries(cpu)) {
    const difference = largestDifference(gpu[name]!, expected);
    assert.ok(difference < 1e-3, `${name} differs by ${difference}`);
  }
});

test('weights and optimiser state stay on the GPU: a step takes up its tile, labels, weight map and rate, and brings back the loss', async (t) => {
  if (!existsSync(DRIVER)) {
    t.skip(`${DRIVER} is absent: no software Vulkan driver to test WebGPU with`);
    return;
  }
  const { crossings, copiesInside, providers, state } = await runOn<{
    crossings: { up: string[]; down: string[] }[];
    copiesInside: string[];
    providers: string[];
    state: number;
  }>(RESIDENCY, 'webgpu');
  const [first, ...steady] = crossings;
  // The first step brings up what was loaded.
  assert.equal(first!.up.length, state + 4);
  for (const crossing of steady) {
    assert.deepEqual(crossing.up, ['image', 'learningRate', 'target', 'weight']);
    assert.deepEqual(crossing.down, ['loss']);
  }
  assert.equal(steady.length, 2);
  assert.deepEqual(providers, ['WebGpuExecutionProvider']);
  assert.deepEqual(copiesInside, []);
});
