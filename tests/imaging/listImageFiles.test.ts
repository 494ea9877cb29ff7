/** Which files a list of paths means, in which order, and what a stem is. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { compareNatural, listImageFiles, stemOf } from '../../app/imaging/listImageFiles.ts';

const folder = mkdtempSync(join(tmpdir(), 'limn-list-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function makeFolder(name: string, files: string[]): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const file of files) writeFileSync(join(path, file), 'x');
  return path;
}

test('a folder is read in natural order, without hidden and other files and without sub-folders', async () => {
  const path = makeFolder('plate', [
    'a10.tif',
    'a2.tif',
    'A1.PNG',
    'b.jpeg',
    'notes.txt',
    '.a3.tif',
    'c.ome.tiff',
  ]);
  makeFolder('plate/deeper.tif', ['z.tif']);
  const names = (await listImageFiles([path])).map((file) => file.slice(path.length + 1));
  assert.deepEqual(names, ['A1.PNG', 'a2.tif', 'a10.tif', 'b.jpeg', 'c.ome.tiff']);
});

test('folders and files mix by name, then by path, each file once', async () => {
  const [one, two] = [makeFolder('one', ['1.tif', '2.tif']), makeFolder('two', ['1.tif', '10.tif'])];
  const odd = join(makeFolder('odd', ['9.dat']), '9.dat');
  const files = await listImageFiles([two, odd, one, join(one, '2.tif')]);
  assert.deepEqual(files, [
    join(one, '1.tif'),
    join(two, '1.tif'),
    join(one, '2.tif'),
    odd,
    join(two, '10.tif'),
  ]);
});

test('a missing path and a folder without images are refused by name', async () => {
  await assert.rejects(listImageFiles([join(folder, 'nowhere')]), { tag: 'NotFound', message: /nowhere/ });
  const path = makeFolder('bare', ['readme.md']);
  await assert.rejects(listImageFiles([path]), { tag: 'InvalidInput', message: /bare.*holds no image/ });
});

test('stems', () => {
  const stems = ['x/a.tif', 'a.ome.tif', 'a.OME.TIFF', 'a.b.png', 'plain', '.hidden', 'x.ome.zarr'].map(
    stemOf,
  );
  assert.deepEqual(stems, ['a', 'a', 'a', 'a.b', 'plain', '.hidden', 'x']);
});

test('numbers of any length compare by value', () => {
  const sorted = ['t9', 't10', 't10b', 't010', 't99999999999999999998', 't99999999999999999999', 'u1'];
  assert.deepEqual([...sorted].reverse().sort(compareNatural), [
    't9',
    't010',
    't10',
    ...sorted.slice(2, 3),
    ...sorted.slice(4),
  ]);
});

test('the natural order is a total order', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'B', '0', '1', '2', '9', '-', 'é'), maxLength: 6 });
  fc.assert(
    fc.property(text, text, text, (a, b, c) => {
      assert.equal(Math.sign(compareNatural(a, b)), -Math.sign(compareNatural(b, a)) + 0);
      if (compareNatural(a, b) === 0) assert.equal(a, b);
      if (compareNatural(a, b) <= 0 && compareNatural(b, c) <= 0) assert.ok(compareNatural(a, c) <= 0);
    }),
    { numRuns: 3_000 },
  );
});
