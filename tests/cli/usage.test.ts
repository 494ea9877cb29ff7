/** Help, wrong usage and exit codes of the command line. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runLimn, startLimn, temporaryFolder } from '../support/runLimn.ts';

const COMMANDS = [
  'new',
  'copy',
  'import',
  'pixel-size',
  'train',
  'runs',
  'models',
  'predict',
  'segment',
  'export',
  'export-model',
  'evaluate',
  'objects',
  'weight-map',
  'sample',
  'serve',
  'devices',
  'doctor',
];

test('every command has help with an example and --json', async () => {
  for (const command of COMMANDS) {
    const { code, stdout } = await runLimn(command, '--help');
    assert.equal(code, 0, command);
    assert.match(stdout, new RegExp(`Example:\\s+limn ${command} `.replace(/ $/, '')), command);
    assert.match(stdout, /--json/, command);
  }
});

test('wrong usage ends with 2 and says what is wrong', async () => {
  const cases: [string[], RegExp][] = [
    [[], /Usage/],
    [['paint'], /unknown command/],
    [['train'], /missing required argument/],
    [['train', 'p.limn', '--steps', 'many'], /whole number/],
    [['train', 'p.limn', '--preset', 'slow'], /Allowed choices/],
    [['train', 'p.limn', '--steps', '5', '--minutes', '1'], /either --minutes or --steps/],
    [['import', 'p.limn', 'a.tif', '--map', 'x'], /0=background/],
    [['export', 'p.limn'], /--to/],
    [['train', 'p.limn', '--resume', '--steps', '5'], /Leave out --steps/],
    [['train', 'p.limn', '--resume', '2', '--device', 'cpu', '--seed', '1'], /Leave out --device and --seed/],
  ];
  for (const [args, sentence] of cases) {
    const { code, stdout, stderr } = await runLimn(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, sentence, args.join(' '));
    assert.equal(stdout, '', args.join(' '));
  }
});

test('help of the whole begins a job, and the version is that of the package', async () => {
  const help = await runLimn('--help');
  assert.equal(help.code, 0);
  assert.match(help.stdout, /Example:\n {2}limn sample/);
  for (const command of COMMANDS) assert.match(help.stdout, new RegExp(`^ {2}${command} `, 'm'));
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  const told = await runLimn('--version');
  assert.deepEqual([told.code, told.stdout], [0, `${version}\n`]);
});

/** Gives a program a terminal of its own. */
const TERMINAL = 'script';
const noTerminal =
  spawnSync(TERMINAL, ['-qec', 'true', '/dev/null']).status === 0
    ? false
    : 'no `script` to give the command a terminal';

test('a terminal sees a bar with the share done and the time left, and nothing of it afterwards', {
  skip: noTerminal,
}, async (t) => {
  const folder = join(temporaryFolder(t), 'demo');
  const limn = join(import.meta.dirname, '../../bin/limn.js');
  const line = `stty cols 60; '${process.execPath}' '${limn}' sample '${folder}' --count 3`;
  const { status, stdout } = spawnSync(TERMINAL, ['-qec', line, '/dev/null'], { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
  const draws = stdout.split('\r\x1b[2K').slice(1);
  assert.match(draws[1] ?? '', /█+░+ {2}33 % {2}ETA \d+ s {2}nuclei_01\.tif$/);
  assert.ok(draws.slice(0, -1).every((draw) => draw.length < 60));
  assert.match(draws.at(-1) ?? '', /^Wrote 3 images/);
  const piped = await runLimn('sample', folder, '--count', '2', '--json');
  assert.equal(piped.stderr, '');
});

test('a missing project is bad input, told as JSON where JSON is asked for', async () => {
  const { code, stdout, stderr } = await runLimn('models', '/nowhere/p.limn', '--json');
  assert.equal(code, 3);
  assert.match(stderr, /\/nowhere\/p\.limn/);
  const document = JSON.parse(stdout) as { error: { tag: string; message: string } };
  assert.equal(document.error.tag, 'NotFound');
});

test('wrong usage and a path through a file are told as one JSON document too', async (t) => {
  const file = join(temporaryFolder(t), 'file.limn');
  writeFileSync(file, '');
  for (const [args, code, tag] of [
    [['train', 'p.limn', '--steps', 'many'], 2, 'WrongUsage'],
    [['paint'], 2, 'WrongUsage'],
    [['new', join(file, 'p.limn')], 3, 'InvalidInput'],
  ] as const) {
    const finished = await runLimn(...args, '--json');
    assert.equal(finished.code, code, finished.stderr);
    const document = JSON.parse(finished.stdout) as { error: { tag: string; message: string } };
    assert.equal(document.error.tag, tag);
    assert.match(finished.stderr, /^limn: /);
  }
});

test('a reader that has seen enough ends no command', async () => {
  const { child, done } = startLimn(['runs', '--help']);
  child.stdout?.destroy();
  const { code, stderr } = await done;
  assert.deepEqual([code, stderr], [0, '']);
});
