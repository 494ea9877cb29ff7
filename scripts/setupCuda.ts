/** `npm run setup:cuda`: lets ONNX Runtime's own install step fetch the CUDA provider (Linux, x64), and says whether it starts. */

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EngineHost } from '../app/engine/host.ts';

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    'CUDA is for Linux on x64 processors; here WebGPU is the way to the GPU, and it needs no install.',
  );
  process.exit(2);
}
const packageFolder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
const { status } = spawnSync(process.execPath, [join(packageFolder, 'script/install.js')], {
  cwd: packageFolder,
  stdio: 'inherit',
  // The project's own configuration says skip, which is right for everybody who has no NVIDIA card.
  env: { ...process.env, npm_config_onnxruntime_node_install: 'cuda12', ONNXRUNTIME_NODE_INSTALL: 'cuda12' },
});
if (status !== 0) {
  console.error('The CUDA provider could not be fetched; check the connection, or use --device webgpu.');
  process.exit(4);
}
const engine = await EngineHost.start();
const cuda = (await engine.devices()).find(({ name }) => name === 'cuda');
await engine.close();
if (cuda?.available) console.log(`CUDA is ready: ${cuda.description}. Train with --device cuda.`);
else {
  console.error(`The CUDA provider is there but does not start: ${cuda?.reason ?? 'no reason was given'}`);
  process.exit(4);
}
