/** Real microscopy read as tifffile and Pillow read it, value for value. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listImageFiles } from '../../app/imaging/listImageFiles.ts';
import { openImage } from '../../app/imaging/openImage.ts';

const DATA = process.env['LIMN_DATA'] ?? join(import.meta.dirname, '../../../shared/data');
const PYTHON = '/usr/bin/python3';
const HASH_WITH_PYTHON = `
import hashlib, json, sys, numpy, tifffile
from PIL import Image
read = lambda p: tifffile.imread(p) if p.endswith('.tif') else numpy.asarray(Image.open(p))
def describe(p):
    a = numpy.ascontiguousarray(read(p))
    # Pillow gives 16-bit PNGs as 32-bit integers.
    a = a.astype('uint16') if a.dtype == 'int32' else a
    return [str(a.dtype), list(a.shape), hashlib.sha256(a.tobytes()).hexdigest()]
print(json.dumps([describe(p) for p in sys.argv[1:]]))
`;

const FOLDERS = [
  'bbbc039/images',
  'bbbc039/labels',
  'bbbc039_partial/labels',
  'isbi2012_em/images',
  'isbi2012_em/labels',
  'dsb2018_fluo/images',
  'dsb2018_fluo/labels',
  'sstem_vnc/images',
  'sstem_vnc/labels',
];
const present = FOLDERS.filter((name) => existsSync(join(DATA, name)));
const hasPython = spawnSync(PYTHON, ['-c', 'import tifffile, PIL']).status === 0;
const skip =
  present.length === 0
    ? `no real images in ${DATA}`
    : hasPython
      ? false
      : `no ${PYTHON} with tifffile and Pillow`;

test('first and last image of every data set', { skip }, async () => {
  const lists = await Promise.all(present.map((name) => listImageFiles([join(DATA, name)])));
  const files = lists.flatMap((list) => [list[0]!, list.at(-1)!]);
  const run = spawnSync(PYTHON, ['-c', HASH_WITH_PYTHON, ...files], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  const seen: [string, number[], string][] = JSON.parse(run.stdout);
  for (const [i, file] of files.entries()) {
    const reader = await openImage(file);
    const pixels = await reader.readPlane(0, 0, 0);
    const { shape, numberType } = reader.description;
    await reader.close();
    const sha = createHash('sha256')
      .update(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength))
      .digest('hex');
    assert.deepEqual([numberType, [shape.y, shape.x], sha], seen[i], file);
  }
});

const NUCLEI = join(DATA, 'bbbc039/images');

test('the pixel size that MetaMorph stores', {
  skip: existsSync(NUCLEI) ? false : `no ${NUCLEI}`,
}, async () => {
  // tifffile's reading of UIC1: XCalibration and YCalibration 0.645, CalibrationUnits um.
  const [file] = await listImageFiles([NUCLEI]);
  const reader = await openImage(file!);
  assert.deepEqual(reader.description.pixelSizeUm, { y: 0.645, x: 0.645, z: null });
  await reader.close();
});
