#!/usr/bin/env node
// Starts the command line on the pinned Node: plain JavaScript, so that any Node can say what is missing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PINNED_MAJOR = 24;
const cli = fileURLToPath(new URL('../app/cli.ts', import.meta.url));
const pinned = fileURLToPath(
  new URL(
    process.platform === 'win32' ? '../node_modules/node/bin/node.exe' : '../node_modules/node/bin/node',
    import.meta.url,
  ),
);
const running = Number(process.versions.node.split('.')[0]);

if (running === PINNED_MAJOR) {
  await import(cli);
} else if (existsSync(pinned)) {
  // The channel lets the child end at once when this process is killed, so that no orphan keeps a project locked.
  const child = spawn(pinned, [cli, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(
      `limn: the pinned Node at ${pinned} does not start (${error.message}); run "npm ci" again.`,
    );
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
} else {
  console.error(
    `limn: Node ${PINNED_MAJOR} is needed and this is ${process.versions.node}; run "npm ci" in Limn's folder, which brings it.`,
  );
  process.exit(1);
}
