/** `npm start [project.limn] [--port N]`: the workstation in an Electron window where that can be, else served on loopback. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodeOf, isLimnError, LimnError } from '../app/errors.ts';
import { startServer } from '../app/server.ts';
import { ensureUserSample, userSamplePath } from '../app/services/userSample.ts';
import { buildRenderer, ROOT, toolPath } from './build.ts';

const DOWNLOAD_SECONDS = 60;
/** An Electron window that ends sooner than this with an error never opened. */
const EARLY_EXIT_MS = 8000;

try {
  await start();
} catch (error) {
  // What a person can mend is told in its sentence; anything else with where it happened.
  if (!isLimnError(error)) throw error;
  console.error(`limn: ${error.message}`);
  process.exitCode = exitCodeOf(error);
}

async function start(): Promise<void> {
  const { port, serve, project } = readArguments();
  await buildRenderer();
  const projectPath = project ?? (await sampleProject());
  const reason = serve ? 'asked for with --serve' : await openWindow(projectPath);
  if (reason === null) return;
  console.log(`No window (${reason}); the same workstation is served on this machine instead.`);
  const server = await startServer({ projectPath, port });
  console.log(`\n  Limn: ${server.url}\n\nOpen it in a browser. Stop with Ctrl-C.`);
  const stop = (): void => {
    void server.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

/** Throws WrongUsage, and NotFound for a project that is not there. */
function readArguments(): { port: number; serve: boolean; project: string | null } {
  const { values, positionals } = parseCommandLine();
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new LimnError('WrongUsage', `--port must be a whole number from 0 to 65535, not '${values.port}'.`);
  const [named] = positionals;
  if (named !== undefined && !existsSync(named))
    throw new LimnError(
      'NotFound',
      `There is no project '${named}'. Make it with \`limn new\`, or check the path.`,
    );
  return { port, serve: values.serve, project: named === undefined ? null : resolve(named) };
}

function parseCommandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { port: { type: 'string', default: '0' }, serve: { type: 'boolean', default: false } },
    });
  } catch (cause) {
    throw new LimnError(
      'WrongUsage',
      'Only a project, --serve and --port N can be named, as in `npm start -- cells.limn --port 8080`.',
      { cause },
    );
  }
}

/** The sample project of this user; making it takes a moment. */
async function sampleProject(): Promise<string> {
  const path = userSamplePath();
  if (!existsSync(path)) console.log(`Making the sample project ${path} …`);
  return ensureUserSample();
}

/** Null once the window was opened and closed by its user; else why there is none. */
async function openWindow(project: string): Promise<string | null> {
  if (process.platform !== 'win32' && process.getuid?.() === 0) return 'Electron does not run as root';
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    return 'there is no display';
  const binary = electronBinary() ?? (await downloadElectron());
  if (binary === null)
    return `Electron's binary is not here and could not be downloaded within ${DOWNLOAD_SECONDS} s`;
  const built = spawnSync(process.execPath, [toolPath('electron-vite', 'bin/electron-vite.js'), 'build'], {
    cwd: ROOT,
    stdio: 'pipe',
    encoding: 'utf8',
  });
  if (built.status !== 0)
    return `the window's program could not be built: ${lastLine(built.stderr || built.stdout)}`;
  const startedAt = Date.now();
  const window: ChildProcess = spawn(binary, [ROOT, project], { stdio: 'inherit' });
  return await new Promise((settle) => {
    window.on('error', (error) => settle(`Electron does not start: ${error.message}`));
    window.on('exit', (code, signal) => {
      const early = Date.now() - startedAt < EARLY_EXIT_MS;
      settle(early && code !== 0 ? `Electron ended at once with ${signal ?? `code ${code}`}` : null);
    });
  });
}

/** Path of Electron's binary, or null where it is missing; read from the package's own note, since loading the package downloads. */
function electronBinary(): string | null {
  const note = toolPath('electron', 'path.txt');
  if (!existsSync(note)) return null;
  const binary = join(toolPath('electron', 'dist'), readFileSync(note, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

async function downloadElectron(): Promise<string | null> {
  console.log(`Fetching Electron (at most ${DOWNLOAD_SECONDS} s) …`);
  const installer = spawn(process.execPath, [toolPath('electron', 'install.js')], {
    cwd: ROOT,
    stdio: 'ignore',
  });
  await new Promise<void>((settle) => {
    const timer = setTimeout(() => installer.kill('SIGKILL'), DOWNLOAD_SECONDS * 1000);
    installer.on('error', () => settle());
    installer.on('exit', () => {
      clearTimeout(timer);
      settle();
    });
  });
  return electronBinary();
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
