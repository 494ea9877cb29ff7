/** Every file of the TIFF torture set: decoded pixels equal what independent readers saw, damaged files end in a sentence. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isLimnError, type LimnError } from '../../app/errors.ts';
import { ByteSource } from '../../app/imaging/byteSource.ts';
import type { ImageDescription, PixelArray } from '../../app/imaging/image.ts';
import { openTiff } from '../../app/imaging/tiff/openTiff.ts';

const FOLDER = join(
  process.env['LIMN_DATA'] ?? join(import.meta.dirname, '../../../shared/data'),
  'tiff_torture',
);
const MANIFEST = join(FOLDER, 'manifest.json');
const SKIP = existsSync(MANIFEST) ? false : `no TIFF torture set in ${FOLDER}`;

interface Entry {
  file: string;
  class: 'ok' | 'valid-not-decodable-here' | 'corrupt';
  axes?: string;
  shape?: number[];
  dtype?: string;
  bps?: number;
  compression?: string;
  photometric?: string;
  pixel_sha256?: string;
  'pillow9.4'?: string;
}

/** Where the manifest's array is not what the file's pages hold, and why. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'image-rs/subsubifds.tif': 'the manifest adds the sub-directories as pages',
  'piximi/8b_2c_actin-nuclei.tif':
    'tifffile takes the second plane from behind the first instead of from its page',
  'image-js/color-alpha-5x5-lzw.tif': 'Pillow divides the colours by the alpha',
  'image-rs/images/hpredict-1c-12b.tiff': 'Pillow leaves out the predictor of uncompressed data',
};

/** What Limn refuses on purpose, by compression or photometric name in the manifest. */
const REFUSED = new Set([
  'CCITTRLE',
  'CCITT_T4',
  'CCITT_T6',
  'LZMA',
  'WEBP',
  'SGILOG',
  'SGILOG24',
  'THUNDERSCAN',
]);

test('the TIFF torture set', { skip: SKIP }, async () => {
  const entries: Entry[] = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  const compared = { tifffile: 0, pillow: 0 };
  const failures: string[] = [];
  for (const entry of entries) {
    const started = performance.now();
    const result = await decode(join(FOLDER, entry.file));
    const problem = judge(entry, result, compared);
    if (problem !== null) failures.push(`${entry.file}: ${problem}`);
    if (performance.now() - started > 20_000) failures.push(`${entry.file}: took more than 20 s`);
  }
  assert.deepEqual(failures, []);
  assert.ok(compared.tifffile >= 120, `only ${compared.tifffile} files compared with tifffile`);
  assert.ok(compared.pillow >= 20, `only ${compared.pillow} files compared with Pillow`);
});

type Result = { description: ImageDescription; planes: PixelArray[] } | { error: unknown };

async function decode(path: string): Promise<Result> {
  const source = await ByteSource.open(path);
  try {
    const reader = await openTiff(source, { keepAlpha: true });
    const { description } = reader;
    const { t, z, c } = description.shape;
    const planes: PixelArray[] = [];
    for (let i = 0; i < t * z * c; i++) {
      planes.push(await reader.readPlane(Math.floor(i / (z * c)), Math.floor(i / c) % z, i % c));
    }
    return { description, planes };
  } catch (error) {
    return { error };
  } finally {
    await source.close();
  }
}

/** What is wrong with the result, or null. */
function judge(entry: Entry, result: Result, compared: { tifffile: number; pillow: number }): string | null {
  if ('error' in result) {
    if (!isLimnError(result.error)) return `unexpected ${String(result.error)}`;
    return judgeRefusal(entry, result.error);
  }
  if (entry.class === 'corrupt' && entry.pixel_sha256 === undefined) return 'is damaged and was read';
  if (OTHERWISE[entry.file] !== undefined) return null;
  if (entry.pixel_sha256 !== undefined) {
    compared.tifffile++;
    const same = digests(arrayBytes(entry, result)).includes(entry.pixel_sha256);
    return same ? null : 'differs from tifffile';
  }
  const pillow = pillowDigest(entry);
  if (pillow === null) return null;
  compared.pillow++;
  const first = { ...result, planes: result.planes.slice(0, result.description.shape.c) };
  const same = digests(arrayBytes({ ...entry, axes: 'YXS' }, first)).some((digest) =>
    digest.startsWith(pillow),
  );
  return same ? null : 'differs from Pillow';
}

function judgeRefusal(entry: Entry, error: LimnError): string | null {
  const name = entry.file.split('/').at(-1)!;
  if (!error.message.includes(name) || !/; .+\.$/.test(error.message))
    return `unclear sentence: ${error.message}`;
  if (entry.class !== 'ok') return null;
  const jpegOfFour = entry.compression === 'JPEG' && entry.photometric === 'SEPARATED';
  const refused = REFUSED.has(entry.compression ?? '') || jpegOfFour || entry.photometric === 'YCBCR';
  return refused && error.tag === 'UnsupportedFormat' ? null : error.message;
}

/** First 16 hex digits of Pillow's pixels, where its mode keeps them as they are stored. */
function pillowDigest(entry: Entry): string | null {
  const match = /^ok (\S+) \d+ \d+ \d+ ([0-9a-f]{16})$/.exec(entry['pillow9.4'] ?? '');
  if (match === null || entry.compression === 'JPEG' || entry.photometric === 'MINISWHITE') return null;
  const [mode, bits] = [match[1]!, entry.bps ?? 0];
  const asStored =
    (bits === 8 && ['L', 'RGB', 'RGBA', 'CMYK', 'P', 'PA'].includes(mode)) ||
    (bits > 8 && bits <= 16 && mode === 'I;16') ||
    (bits === 32 && mode === 'F');
  return asStored ? match[2]! : null;
}

/** The planes as the bytes of one array in the manifest's order of axes. */
function arrayBytes(
  entry: Entry,
  result: { description: ImageDescription; planes: PixelArray[] },
): Uint8Array {
  const { planes, description } = result;
  const pixels = description.shape.y * description.shape.x;
  const samples = entry.axes?.endsWith('S') ? description.shape.c : 1;
  const values = new Float64Array(planes.length * pixels);
  planes.forEach((plane, p) => {
    const start = (p - (p % samples)) * pixels + (p % samples);
    for (let i = 0; i < pixels; i++) values[start + i * samples] = plane[i]!;
  });
  if (entry.dtype === 'uint64') return new Uint8Array(BigUint64Array.from(values, BigInt).buffer);
  const types = {
    uint8: Uint8Array,
    int8: Int8Array,
    uint16: Uint16Array,
    int16: Int16Array,
    uint32: Uint32Array,
    int32: Int32Array,
    float16: Float16Array,
    float32: Float32Array,
    float64: Float64Array,
  };
  return new Uint8Array(types[description.numberType].from(values).buffer);
}

/** Digests of the bytes as they are and in words of either width turned round: arrays keep the file's byte order. */
function digests(bytes: Uint8Array): string[] {
  const turned = [2, 4, 8].map((width) => {
    const copy = Buffer.from(bytes);
    if (bytes.length % width !== 0) return copy;
    return width === 2 ? copy.swap16() : width === 4 ? copy.swap32() : copy.swap64();
  });
  return [bytes, ...turned].map((form) => createHash('sha256').update(form).digest('hex'));
}

const PYTHON = '/usr/bin/python3';
const MEAN_DIFFERENCE = `
import sys, numpy
from PIL import Image
theirs = numpy.asarray(Image.open(sys.argv[1]).convert('RGB')).astype(int)
ours = numpy.frombuffer(sys.stdin.buffer.read(), 'u1').reshape(theirs.shape)
print(abs(theirs - ours).mean())
`;
const NO_PILLOW =
  spawnSync(PYTHON, ['-c', 'import numpy, PIL']).status === 0 ? false : `no ${PYTHON} with Pillow`;

test('JPEG blocks decode to within rounding and chroma interpolation of libjpeg', {
  skip: SKIP || NO_PILLOW,
}, async () => {
  for (const file of [
    'image-rs/images/tiled-jpeg-rgb-u8.tif',
    'pillow/hopper_jpg.tif',
    'image-rs/libtiffpic/quad-jpeg.tif',
    'pillow/tiff_tiled_ycbcr_jpeg_1x1_sampling.tif',
    'pillow/tiff_strip_ycbcr_jpeg_2x2_sampling.tif',
  ]) {
    const result = await decode(join(FOLDER, file));
    assert.ok(!('error' in result), file);
    const input = arrayBytes({ file, class: 'ok', axes: 'YXS' }, result);
    const run = spawnSync(PYTHON, ['-c', MEAN_DIFFERENCE, join(FOLDER, file)], { input, encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    assert.ok(Number(run.stdout) < 1.5, `${file}: mean difference ${run.stdout.trim()}`);
  }
});
