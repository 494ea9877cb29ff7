/** Written TIFFs read back by our reader, tifffile, Pillow and libtiff: values, type, axes and pixel size. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { PixelArray } from '../../app/imaging/image.ts';
import { openImage } from '../../app/imaging/openImage.ts';
import { nearestFraction } from '../../app/imaging/tiff/encodeDirectory.ts';
import { writeFileAtomically } from '../../app/imaging/writeFileAtomically.ts';
import { smallestUnsigned, type TiffContent, writeTiff } from '../../app/imaging/writeTiff.ts';
import { smallDisk } from '../support/smallDisk.ts';

const folder = mkdtempSync(join(tmpdir(), 'limn-tiff-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const ARRAYS = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, float32: Float32Array };
type Written = keyof typeof ARRAYS;

/** Deterministic values over the whole range of the type. */
function content(
  type: Written,
  shape: TiffContent['shape'],
  pixelSizeUm: TiffContent['pixelSizeUm'],
): TiffContent {
  const max = { uint8: 255, uint16: 65535, uint32: 4294967295, float32: 1 }[type];
  const planes = Array.from({ length: shape.t * shape.z * shape.c }, (_, p) => {
    const next = (i: number) =>
      (((p * 7919 + i * 104_729 + 13) * 2_654_435_761) % 4_294_967_296) / 4_294_967_295;
    const plane = new ARRAYS[type](shape.y * shape.x);
    for (let i = 0; i < plane.length; i++)
      plane[i] = type === 'float32' ? next(i) : Math.floor(next(i) * max);
    return plane;
  });
  planes[0]![0] = max;
  return { planes, shape, numberType: type, pixelSizeUm };
}

const CASES: Record<string, TiffContent> = {
  'uint8-plane': content('uint8', { t: 1, z: 1, c: 1, y: 70, x: 90 }, { y: 0.65, x: 0.65, z: null }),
  'uint16-stack': content('uint16', { t: 2, z: 3, c: 2, y: 7, x: 9 }, { y: 0.2, x: 0.1, z: 1.5 }),
  'uint32-plane': content('uint32', { t: 1, z: 1, c: 1, y: 600, x: 700 }, { y: 3.25, x: 3.25, z: null }),
  'float32-classes': content(
    'float32',
    { t: 1, z: 1, c: 3, y: 130, x: 257 },
    { y: 1 / 3, x: 1 / 3, z: null },
  ),
  bigtiff: {
    ...content('uint16', { t: 1, z: 2, c: 2, y: 300, x: 500 }, { y: 0.5, x: 0.5, z: 1 }),
    bigTiff: true,
  },
  'no-pixel-size': content('uint8', { t: 1, z: 5, c: 1, y: 3, x: 3 }, null),
  'one-pixel': content('uint16', { t: 1, z: 1, c: 1, y: 1, x: 1 }, null),
};

function bytesOf(planes: readonly PixelArray[]): Buffer {
  return Buffer.concat(planes.map((plane) => Buffer.from(plane.buffer, plane.byteOffset, plane.byteLength)));
}

async function readBack(path: string): Promise<TiffContent> {
  const reader = await openImage(path);
  const { shape, numberType, pixelSizeUm } = reader.description;
  const planes: PixelArray[] = [];
  for (let t = 0; t < shape.t; t++)
    for (let z = 0; z < shape.z; z++)
      for (let c = 0; c < shape.c; c++) planes.push(await reader.readPlane(t, z, c));
  await reader.close();
  assert.ok(numberType in ARRAYS);
  return { planes, shape, numberType: numberType as Written, pixelSizeUm };
}

for (const [name, wanted] of Object.entries(CASES)) {
  test(`${name} comes back from our own reader`, async () => {
    const path = join(folder, `${name}.tif`);
    await writeTiff(path, wanted);
    const got = await readBack(path);
    assert.deepEqual(got.shape, wanted.shape);
    assert.equal(got.numberType, wanted.numberType);
    assert.ok(bytesOf(got.planes).equals(bytesOf(wanted.planes)));
    if (wanted.pixelSizeUm === null) assert.equal(got.pixelSizeUm, null);
    else
      for (const axis of ['y', 'x', 'z'] as const)
        assertClose(got.pixelSizeUm?.[axis], wanted.pixelSizeUm[axis]);
  });
}

const PYTHON = '/usr/bin/python3';
const READ_WITH_TIFFFILE = `
import hashlib, json, sys, numpy, tifffile
from PIL import Image
out = {}
for path in sys.argv[1:]:
    with tifffile.TiffFile(path) as t:
        series, page = t.series[0], t.pages[0]
        array = series.asarray()
        size = None
        if 'XResolution' in page.tags:
            assert page.tags['ResolutionUnit'].value == 3
            size = [1e4 * page.tags[k].value[1] / page.tags[k].value[0] for k in ('YResolution', 'XResolution')]
        out[path] = dict(axes=series.axes, shape=list(series.shape), dtype=str(array.dtype), size=size,
                         sha=hashlib.sha256(numpy.ascontiguousarray(array).tobytes()).hexdigest(), meta=t.imagej_metadata)
    with Image.open(path) as image:
        out[path]['pillow'] = [image.n_frames, image.mode, int(hashlib.sha256(numpy.asarray(image).tobytes()).hexdigest()[:8], 16)]
print(json.dumps(out))
`;
const hasTifffile = spawnSync(PYTHON, ['-c', 'import tifffile, PIL']).status === 0;

test('tifffile and Pillow read the same', {
  skip: hasTifffile ? false : `no ${PYTHON} with tifffile and Pillow`,
}, async () => {
  const paths = new Map(Object.keys(CASES).map((name) => [join(folder, `py-${name}.tif`), CASES[name]!]));
  for (const [path, wanted] of paths) await writeTiff(path, wanted);
  const run = spawnSync(PYTHON, ['-c', READ_WITH_TIFFFILE, ...paths.keys()], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  const seen = JSON.parse(run.stdout);
  for (const [path, wanted] of paths) {
    const { axes, shape, dtype, size, sha, meta, pillow } = seen[path];
    const kept = (['t', 'z', 'c', 'y', 'x'] as const).filter(
      (axis) => axis === 'y' || axis === 'x' || wanted.shape[axis] > 1,
    );
    assert.equal(axes, kept.join('').toUpperCase(), path);
    assert.deepEqual(
      shape,
      kept.map((axis) => wanted.shape[axis]),
      path,
    );
    assert.equal(dtype, wanted.numberType);
    assert.equal(sha, createHash('sha256').update(bytesOf(wanted.planes)).digest('hex'), path);
    assert.equal(pillow[0], wanted.planes.length);
    // Pillow reads 32-bit integers as signed: the same bytes.
    const first = createHash('sha256')
      .update(bytesOf(wanted.planes.slice(0, 1)))
      .digest('hex');
    assert.equal(pillow[2], Number.parseInt(first.slice(0, 8), 16), `Pillow: ${path}`);
    if (wanted.pixelSizeUm === null) assert.equal(size, null);
    else {
      assertClose(size[0], wanted.pixelSizeUm.y);
      assertClose(size[1], wanted.pixelSizeUm.x);
      // A single plane with pixels above 1 µm does without ImageJ's description, see describe().
      assert.equal(meta?.unit, wanted.planes.length === 1 && wanted.pixelSizeUm.x > 1 ? undefined : 'cm');
      if (wanted.pixelSizeUm.z !== null) assertClose(meta.spacing * 1e4, wanted.pixelSizeUm.z);
    }
  }
});

const TIFFINFO = 'tiffinfo';
const hasTiffinfo = spawnSync(TIFFINFO, ['-h']).error === undefined;

test('libtiff reads type, size and every strip', {
  skip: hasTiffinfo ? false : 'no tiffinfo on this machine',
}, async () => {
  for (const [name, wanted] of Object.entries(CASES)) {
    const path = join(folder, `lib-${name}.tif`);
    await writeTiff(path, wanted);
    const run = spawnSync(TIFFINFO, ['-D', path], { encoding: 'utf8' });
    assert.equal(run.status, 0);
    assert.equal(run.stderr, '', path);
    assert.match(run.stdout, new RegExp(`Image Width: ${wanted.shape.x} Image Length: ${wanted.shape.y}`));
    assert.match(run.stdout, wanted.numberType === 'float32' ? /IEEE floating point/ : /unsigned integer/);
    assert.equal((run.stdout.match(/TIFF directory/g) ?? []).length, wanted.planes.length);
    if (wanted.pixelSizeUm !== null) {
      const perCm = /Resolution: ([\d.]+), ([\d.]+) pixels\/cm/.exec(run.stdout);
      assert.ok(Math.abs(1e4 / Number(perCm?.[1]) / wanted.pixelSizeUm.x - 1) < 1e-4);
    }
  }
});

test('any stack of any type comes back unchanged', async () => {
  const size = fc.integer({ min: 1, max: 3 });
  const shapes = fc.record({
    t: size,
    z: size,
    c: size,
    y: fc.integer({ min: 1, max: 20 }),
    x: fc.integer({ min: 1, max: 20 }),
  });
  const types = fc.constantFrom<Written>('uint8', 'uint16', 'uint32', 'float32');
  const path = join(folder, 'any.tif');
  await fc.assert(
    fc.asyncProperty(shapes, types, fc.nat(), async (shape, type, seed) => {
      const wanted = content(type, shape, null);
      wanted.planes.forEach((plane, p) => {
        plane[seed % plane.length] = p + (type === 'float32' ? Number.EPSILON : 0);
      });
      await writeTiff(path, wanted);
      const got = await readBack(path);
      assert.deepEqual(got.shape, { ...wanted.shape });
      assert.ok(bytesOf(got.planes).equals(bytesOf(wanted.planes)));
    }),
    { numRuns: 60 },
  );
});

test('values that do not fit their type are refused, others are converted', async () => {
  const path = join(folder, 'fit.tif');
  const shape = { t: 1, z: 1, c: 1, y: 1, x: 2 };
  const write = (...values: number[]) =>
    writeTiff(path, { planes: [Uint32Array.from(values)], shape, numberType: 'uint16', pixelSizeUm: null });
  await assert.rejects(write(1, 65536), { tag: 'InvalidInput', message: /fit\.tif.*65536/ });
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('fit.tif')),
    [],
  );
  await write(1, 65535);
  assert.deepEqual(Array.from((await readBack(path)).planes[0]!), [1, 65535]);
});

test('smallestUnsigned changes at 255 and 65,535', () => {
  assert.deepEqual([0, 255, 256, 65535, 65536, 4294967295].map(smallestUnsigned), [
    'uint8',
    'uint8',
    'uint16',
    'uint16',
    'uint32',
    'uint32',
  ]);
});

test('a failed write leaves the old file and no other', async () => {
  const place = mkdtempSync(join(folder, 'atomic-'));
  const path = join(place, 'mask.tif');
  writeFileSync(path, 'old');
  const fail = (code: string) =>
    writeFileAtomically(path, async (handle) => {
      await handle.write('half of the new');
      throw Object.assign(new Error(code), { code });
    });
  await assert.rejects(fail('ENOSPC'), { tag: 'DiskFull', message: /no room on the disk for “mask\.tif”/ });
  await assert.rejects(fail('EROFS'), { tag: 'InvalidInput', message: /mask\.tif/ });
  assert.deepEqual(readdirSync(place), ['mask.tif']);
  assert.equal(readFileSync(path, 'utf8'), 'old');
  await assert.rejects(writeTiff(join(place, 'absent', 'mask.tif'), CASES['one-pixel']!), {
    tag: 'NotFound',
  });
});

test('a disk that is really full', async (context) => {
  const place = smallDisk(context, 64);
  if (place === null) return;
  await assert.rejects(writeTiff(join(place, 'mask.tif'), CASES['uint32-plane']!), { tag: 'DiskFull' });
  assert.deepEqual(readdirSync(place), []);
});

test('resolutions are written as the nearest fraction', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e8, noNaN: true }), (value) => {
      const [numerator, denominator] = nearestFraction(value);
      assert.ok(Number.isInteger(numerator) && Number.isInteger(denominator) && denominator > 0);
      assert.ok(numerator <= 0xffffffff && denominator <= 0xffffffff);
      assert.ok(
        Math.abs(numerator / denominator / value - 1) < 1e-7,
        `${value}: ${numerator}/${denominator}`,
      );
    }),
  );
  assert.deepEqual(nearestFraction(10_000 / 0.65), [200_000, 13]);
});

function assertClose(actual: number | null | undefined, expected: number | null): void {
  if (expected === null) assert.equal(actual, null);
  else assert.ok(Math.abs((actual ?? Number.NaN) / expected - 1) < 1e-7, `${actual} is not ${expected}`);
}
