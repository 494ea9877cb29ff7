import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { refuseOverwriting } from '../../app/services/refuseOverwriting.ts';
import { testFolder } from './smallProject.ts';

test('an input is known under a relative path and through a link; other files are not in the way', (context) => {
  const folder = testFolder(context);
  mkdirSync(join(folder, 'in'));
  const input = join(folder, 'in/a.tif');
  writeFileSync(input, 'pixels');
  symlinkSync(join(folder, 'in'), join(folder, 'link'));
  for (const out of [input, relative(process.cwd(), input), join(folder, 'link/a.tif')]) {
    assert.throws(() => refuseOverwriting([join(folder, 'out/b.tif'), out], [input]), {
      tag: 'InvalidInput',
      message: /in.a\.tif/,
    });
  }
  refuseOverwriting([join(folder, 'in/b.tif'), join(folder, 'out/a.tif')], [input]);
});

test('a project is never written over, whatever the result is made from', (context) => {
  const project = join(testFolder(context), 'cells.limn');
  refuseOverwriting([project], []);
  writeFileSync(project, 'a project');
  assert.throws(() => refuseOverwriting([project], []), { tag: 'InvalidInput', message: /cells\.limn/ });
});
