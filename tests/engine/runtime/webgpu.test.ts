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
const OPS = new URL('./parityOps.ts', import.meta.url);

interface ParityResult {
  losses: number[];
  tensors: Record<string, number[]>;
  probabilities: number[];
}

/** Runs a script in a process of its own: the driver is chosen by the environment, and may abort. */
function runOn<Result>(script: URL, device: 'cpu' | 'webgpu'): Promise<Result> {
  const software = {
    VK_DRIVER_FILES: DRIVER,
    VK_ICD_FILENAMES: DRIVER,
    XDG_RUNTIME_DIR: process.env['XDG_RUNTIME_DIR'] ?? tmpdir(),
    // The package also brings the Vulkan loader, where the system has none.
    LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], FOLDER].filter(Boolean).join(':'),
  };
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(script), [device], {
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

test('a training step, dropout included, its state and a prediction agree with the CPU to 1e-3', async (t) => {
  if (!existsSync(DRIVER)) {
    t.skip(`${DRIVER} is absent: no software Vulkan driver to test WebGPU with`);
    return;
  }
  const [gpu, cpu] = [await runOn<ParityResult>(STEP, 'webgpu'), await runOn<ParityResult>(STEP, 'cpu')];
  assert.ok(largestDifference(gpu.losses, cpu.losses) < 1e-3, `${gpu.losses} and ${cpu.losses}`);
  assert.deepEqual(Object.keys(gpu.tensors), Object.keys(cpu.tensors));
  for (const [name, expected] of Object.entries(cpu.tensors)) {
    const difference = largestDifference(gpu.tensors[name]!, expected);
    assert.ok(difference < 1e-3, `${name} differs by ${difference}`);
  }
  assert.ok(largestDifference(gpu.probabilities, cpu.probabilities) < 1e-3);
});

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
