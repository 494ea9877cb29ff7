/** Help, wrong usage and exit codes of the command line. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runLimn, temporaryFolder } from '../support/runLimn.ts';

const COMMANDS = [
  'new',
  'import',
  'train',
  'runs',
  'models',
  'predict',
  'segment',
  'export',
  'export-model',
  'evaluate',
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
  ];
  for (const [args, sentence] of cases) {
    const { code, stdout, stderr } = await runLimn(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, sentence, args.join(' '));
    assert.equal(stdout, '', args.join(' '));
  }
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
