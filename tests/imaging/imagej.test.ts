/** Exports read by the real ImageJ: size, type, values, calibration and unit. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { PixelArray, PixelSizeUm } from '../../app/imaging/image.ts';
import { type TiffContent, writeTiff } from '../../app/imaging/writeTiff.ts';
import { createPixelArray } from '../../app/science/pixelArray.ts';

const JAR = '/usr/share/java/ij.jar';
const JAVA = 'java';
/** ImageJ opens hyperstacks only where it can make its menus; a display of its own is that of nobody. */
const DISPLAY = 'xvfb-run';
const runs = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
const skip = !existsSync(JAR)
  ? `no ImageJ (${JAR}) on this machine`
  : !runs(JAVA, '-version') || !runs(DISPLAY, '--help')
    ? 'no Java or no xvfb-run for ImageJ on this machine'
    : false;

const folder = mkdtempSync(join(tmpdir(), 'limn-imagej-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** One line a file: size and axes, bits, pixel size, unit; then plane by plane the extremes, the mean and one pixel. */
const MACRO = `
setBatchMode(true);
files = split(getArgument(), "\\n");
for (i = 0; i < files.length; i++) {
  open(files[i]);
  getDimensions(width, height, channels, slices, frames);
  getVoxelSize(x, y, z, unit);
  line = "" + width + "|" + height + "|" + channels + "|" + slices + "|" + frames + "|" + bitDepth();
  line = line + "|" + d2s(x, 9) + "|" + d2s(y, 9) + "|" + d2s(z, 9) + "|" + unit;
  for (p = 1; p <= nSlices; p++) {
    if (nSlices > 1) setSlice(p);
    getStatistics(area, mean, min, max);
    line = line + "|" + d2s(min, 6) + "|" + d2s(max, 6) + "|" + d2s(mean, 6) + "|" + d2s(getPixel(width - 1, 1), 6);
  }
  print(line);
  close();
}
`;

function content(
  numberType: TiffContent['numberType'],
  shape: TiffContent['shape'],
  pixelSizeUm: PixelSizeUm | null,
  valueAt: (pixel: number, plane: number) => number,
): TiffContent {
  const planes = Array.from({ length: shape.t * shape.z * shape.c }, (_, plane) => {
    const pixels = createPixelArray(numberType, shape.y * shape.x);
    for (let pixel = 0; pixel < pixels.length; pixel++) pixels[pixel] = valueAt(pixel, plane);
    return pixels;
  });
  return { planes, shape, numberType, pixelSizeUm };
}

const PLANE = { t: 1, z: 1, c: 1, y: 7, x: 9 };
const um = (x: number, y = x, z: number | null = null): PixelSizeUm => ({ y, x, z });

/** What is written, and the unit that ImageJ is to show. */
const CASES: [TiffContent, string][] = [
  [content('uint8', PLANE, um(0.65), (i) => i), 'µm'],
  [content('uint16', PLANE, um(0.004, 0.005), (i) => i * 1000), 'µm'],
  [content('uint32', PLANE, um(3.25), (i) => i + 70_000), 'µm'],
  [content('uint16', PLANE, um(10), (i) => i * 7), 'µm'],
  [content('uint8', PLANE, um(25), (i) => i), 'cm'],
  [content('uint8', PLANE, null, (i) => i), 'pixel'],
  [content('float32', { ...PLANE, c: 3 }, um(0.65), (i, p) => (i + p) / 100), 'µm'],
  [content('uint16', { ...PLANE, t: 2, z: 3, c: 2 }, um(0.1, 0.2, 1.5), (i, p) => i + 1000 * p), 'µm'],
  [content('uint16', { ...PLANE, t: 4 }, um(0.3), (i, p) => i * p), 'µm'],
];

test('ImageJ shows labels, probabilities and stacks with their size, values and micrometres', {
  skip,
}, async () => {
  const paths = CASES.map((_, i) => join(folder, `${i}.tif`));
  for (const [i, [written]] of CASES.entries()) await writeTiff(paths[i] ?? '', written);
  const macro = join(folder, 'read.ijm');
  writeFileSync(macro, MACRO);
  const run = spawnSync(DISPLAY, ['-a', JAVA, '-cp', JAR, 'ij.ImageJ', '-batch', macro, paths.join('\n')], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  const lines = run.stdout.split('\n').filter((line) => line.includes('|'));
  assert.equal(lines.length, CASES.length, run.stdout + run.stderr);
  for (const [i, [written, unit]] of CASES.entries()) compare(lines[i] ?? '', written, unit);
});

function compare(line: string, written: TiffContent, unit: string): void {
  const { shape, pixelSizeUm, planes, numberType } = written;
  const [width, height, channels, slices, frames, bits, x, y, z, seenUnit, ...statistics] = line.split('|');
  assert.deepEqual(
    [frames, slices, channels, height, width, bits].map(Number),
    [
      shape.t,
      shape.z,
      shape.c,
      shape.y,
      shape.x,
      { uint8: 8, uint16: 16, uint32: 32, float32: 32 }[numberType],
    ],
    line,
  );
  assert.match(seenUnit ?? '', unit === 'pixel' ? /^pixels?$/ : new RegExp(`^${unit}$`), line);
  const scale = unit === 'cm' ? 1e4 : 1;
  assertClose(Number(x) * scale, pixelSizeUm?.x ?? 1, line);
  assertClose(Number(y) * scale, pixelSizeUm?.y ?? 1, line);
  if (pixelSizeUm?.z != null) assertClose(Number(z) * scale, pixelSizeUm.z, line);
  const expected = planes.flatMap((plane) => [...statisticsOf(plane), plane[2 * shape.x - 1] ?? Number.NaN]);
  assert.equal(statistics.length, expected.length, line);
  for (const [i, value] of expected.entries()) assertClose(Number(statistics[i]), value, line);
}

function statisticsOf(plane: PixelArray): [number, number, number] {
  const values = Array.from(plane);
  return [
    Math.min(...values),
    Math.max(...values),
    values.reduce((sum, value) => sum + value, 0) / values.length,
  ];
}

/** ImageJ computes with 32-bit floats and the macro prints a few digits. */
function assertClose(actual: number, expected: number, where: string): void {
  assert.ok(
    Math.abs(actual - expected) <= 2e-6 * Math.max(1, Math.abs(expected)),
    `${actual}, not ${expected}: ${where}`,
  );
}
