/** `npm test`: sets up what the tests need, runs every check, every unit test and the end-to-end tests, and sums them up. */

import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { buildRenderer, ROOT, toolPath } from './build.ts';

const STATIC_CHECKS: [string, string[]][] = [
  ['types', [toolPath('typescript', 'bin/tsc'), '--noEmit']],
  ['lint and format', [toolPath('@biomejs/biome', 'bin/biome'), 'ci', '.']],
  [
    'import boundaries',
    [
      toolPath('dependency-cruiser', 'bin/dependency-cruiser.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      'app',
      'main',
      'renderer',
    ],
  ],
  ['dead code', [toolPath('knip', 'bin/knip.js')]],
];
const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

let failures = 0;
for (const [name, args] of STATIC_CHECKS) {
  const startedAt = Date.now();
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  console.log(
    `${status === 0 ? 'ok' : 'FAILED'}  ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`,
  );
  if (status !== 0) failures += 1;
}

await buildRenderer();
const browser = findOrInstallBrowser();
if (browser !== null) process.env['LIMN_CHROMIUM'] = browser;

const totals = { passed: 0, failed: 0, skipped: [] as string[] };
await runTests('unit tests', ['tests/**/*.test.ts'], ['tests/e2e/**'], 2);
await runTests('end-to-end tests', ['tests/e2e/**/*.test.ts'], [], 1);

if (totals.skipped.length > 0)
  console.log(`Skipped:\n${totals.skipped.map((line) => `  ${line}`).join('\n')}`);
if (failures > 0)
  console.log(`${failures} of ${STATIC_CHECKS.length} static checks failed; their words stand above.`);
console.log(`${totals.passed} passed, ${totals.failed + failures} failed, ${totals.skipped.length} skipped`);
process.exit(totals.failed + failures > 0 || totals.passed === 0 ? 1 : 0);

/** Runs test files with node's own runner, its report on stdout, and adds up what happened. */
async function runTests(
  name: string,
  include: string[],
  exclude: string[],
  concurrency: number,
): Promise<void> {
  const files = globSync(include, { cwd: ROOT, exclude })
    .map((file) => join(ROOT, file))
    .sort();
  console.log(`\n${name}: ${files.length} files`);
  const stream = run({ files, concurrency });
  stream.on('test:pass', (event) => {
    if (event.details.type === 'suite') return;
    if (event.skip !== undefined)
      totals.skipped.push(`${event.name}: ${event.skip === true ? 'no reason given' : event.skip}`);
    else totals.passed += 1;
  });
  stream.on('test:fail', (event) => {
    if (event.details.type !== 'suite') totals.failed += 1;
  });
  const report = stream.compose(new spec());
  report.pipe(process.stdout, { end: false });
  await finished(report);
}

/** The system's Chromium, else Playwright's, else Debian's package; null (said aloud) where none can be had. */
function findOrInstallBrowser(): string | null {
  const named = process.env['LIMN_CHROMIUM'];
  const present = [...(named === undefined ? [] : [named]), ...BROWSERS].find((path) => existsSync(path));
  if (present !== undefined) return present;
  console.log('No Chromium here: fetching one for the end-to-end tests …');
  const playwright = toolPath('playwright', 'cli.js');
  if (
    spawnSync(process.execPath, [playwright, 'install', '--with-deps', 'chromium'], {
      stdio: 'inherit',
      timeout: 300_000,
    }).status === 0
  )
    return null;
  if (process.platform === 'linux' && existsSync('/usr/bin/apt-get')) {
    const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
    for (const args of [
      ['apt-get', 'update', '-qq'],
      ['apt-get', 'install', '-y', '-qq', 'chromium'],
    ]) {
      const [program = '', ...rest] = [...sudo, ...args];
      spawnSync(program, rest, {
        stdio: 'inherit',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    }
  }
  const installed = BROWSERS.find((path) => existsSync(path));
  if (installed === undefined)
    console.log('No Chromium could be had: install one and set LIMN_CHROMIUM to its path.');
  return installed ?? null;
}
