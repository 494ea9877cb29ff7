/** Label images of every form that labelling programs write, and the sentences for what is none. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readLabelImage } from '../../app/imaging/readLabelImage.ts';
import { writeTiff } from '../../app/imaging/writeTiff.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/imaging');
const folder = mkdtempSync(join(tmpdir(), 'limn-labels-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const ramp = (length: number, modulus: number) => Array.from({ length }, (_, i) => (7 * i) % modulus);

for (const [name, length, modulus] of [
  ['int64.tif', 30, 101],
  ['int8.tif', 30, 101],
  ['float64.tif', 30, 101],
  ['bigtiff-uint32.tif', 30, 4_000_000_000],
  ['grey16.png', 30, 60000],
  ['palette4.png', 45, 16],
  ['grey-as-rgb8.png', 30, 251],
  ['grey-alpha8.png', 0, 251],
] as const) {
  test(`${name} gives its labels`, async () => {
    const { shape, values } = await readLabelImage(join(FIXTURES, name));
    assert.equal(values.length, shape.t * shape.z * shape.y * shape.x);
    if (length > 0) assert.deepEqual(Array.from(values), ramp(length, modulus));
    else assert.equal(values[1], 14);
  });
}

test('a stack gives its planes frame by frame, slice by slice', async () => {
  const path = join(folder, 'stack.tif');
  const planes = Array.from({ length: 6 }, (_, i) => Uint8Array.of(i, i + 10));
  await writeTiff(path, {
    planes,
    shape: { t: 2, z: 3, c: 1, y: 1, x: 2 },
    numberType: 'uint8',
    pixelSizeUm: null,
  });
  const { shape, values } = await readLabelImage(path);
  assert.deepEqual(shape, { t: 2, z: 3, y: 1, x: 2 });
  assert.deepEqual(Array.from(values), [0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15]);
});

for (const [name, words] of [
  ['rgb8.png', /colour picture/],
  ['planar-rgb-uint16.tif', /colour picture/],
  ['imagej-cyx-float32.tif', /3 channels/],
  ['fractions-float32.tif', /holds the value 3\.5/],
  ['negative-int16.tif', /holds the value -50/],
  ['grey.jpg', /JPEG, whose compression changes labels/],
] as const) {
  test(`${name} is refused in a sentence`, async () => {
    await assert.rejects(readLabelImage(join(FIXTURES, name)), { tag: 'InvalidInput', message: words });
    await assert.rejects(readLabelImage(join(FIXTURES, name)), {
      message: new RegExp(`“${name.replaceAll('.', '\\.')}”.*; save`),
    });
  });
}
