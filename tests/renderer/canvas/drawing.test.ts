/** What windows, contours and the background mask make of pixels, against plain formulas. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEAT_TABLE } from '../../../renderer/canvas/heatColours.ts';
import { labelColour } from '../../../renderer/canvas/labelColours.ts';
import {
  contourRuns,
  RASTER_MARGIN,
  renderBackgroundMask,
  renderObjects,
} from '../../../renderer/canvas/labelRaster.ts';
import { colourTable } from '../../../renderer/canvas/lookupTables.ts';
import { PreparedWindow, renderChannels } from '../../../renderer/canvas/windowing.ts';

const windowOf = (low: number, high: number, colour: string, gamma = 1) =>
  new PreparedWindow({ low, high, gamma, table: colourTable('colour', colour) });

test('a grey window maps low to black, high to white, and clips', () => {
  const window = windowOf(100, 300, '#ffffff');
  for (const pixels of [Uint16Array.of(50, 100, 150, 300, 9999), Float32Array.of(50, 100, 150, 300, 9999)]) {
    const rgba = new Uint8ClampedArray(pixels.length * 4);
    renderChannels([{ pixels, window }], rgba);
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((i) => rgba[i * 4]),
      [0, 0, 64, 255, 255],
    );
    assert.ok([3, 7, 11].every((i) => rgba[i] === 255));
  }
});

test('gamma bends the window as a power', () => {
  for (const gamma of [0.5, 2]) {
    const rgba = new Uint8ClampedArray(4 * 256);
    const pixels = Uint8Array.from({ length: 256 }, (_, i) => i);
    renderChannels([{ pixels, window: windowOf(0, 255, '#ffffff', gamma) }], rgba);
    for (let i = 0; i < 256; i++) {
      const expected = 255 * (i / 255) ** gamma;
      assert.ok(Math.abs(rgba[4 * i]! - expected) <= 1, `${gamma}, ${i}: ${rgba[4 * i]} for ${expected}`);
    }
  }
});

test('tables begin and end as published', () => {
  const ends = (name: 'fire' | 'viridis' | 'grey') => {
    const table = colourTable(name, '#ffffff');
    return [[...table.subarray(0, 3)], [...table.subarray(-3)]];
  };
  assert.deepEqual(ends('grey'), [
    [0, 0, 0],
    [255, 255, 255],
  ]);
  assert.deepEqual(ends('fire'), [
    [0, 0, 0],
    [255, 255, 255],
  ]);
  assert.deepEqual(ends('viridis'), [
    [68, 1, 84],
    [253, 231, 37],
  ]);
});

test('signed pixels keep their sign and channels add up to full brightness at most', () => {
  const rgba = new Uint8ClampedArray(8);
  renderChannels(
    [
      { pixels: Int16Array.of(-1000, 1000), window: windowOf(-1000, 1000, '#ff0000') },
      { pixels: Uint8Array.of(255, 255), window: windowOf(0, 255, '#0080ff') },
    ],
    rgba,
  );
  assert.deepEqual([...rgba], [0, 128, 255, 255, 255, 128, 255, 255]);
  const white = { pixels: Uint8Array.of(200, 10), window: windowOf(0, 255, '#ffffff') };
  renderChannels(
    Array.from({ length: 9 }, () => white),
    rgba,
  );
  assert.deepEqual([...rgba], [255, 255, 255, 255, 90, 90, 90, 255]);
});

test('what is no number is drawn as the darkest', () => {
  const rgba = new Uint8ClampedArray(8);
  renderChannels([{ pixels: Float32Array.of(Number.NaN, 2), window: windowOf(1, 2, '#ffffff') }], rgba);
  assert.deepEqual([...rgba], [0, 0, 0, 255, 255, 255, 255, 255]);
});

function pad(rows: number[][]): { padded: Uint32Array; w: number; h: number } {
  const h = rows.length;
  const w = rows[0]!.length;
  const stride = w + 2 * RASTER_MARGIN;
  const padded = new Uint32Array(stride * (h + 2 * RASTER_MARGIN));
  for (const [y, row] of rows.entries()) padded.set(row, (y + RASTER_MARGIN) * stride + RASTER_MARGIN);
  return { padded, w, h };
}

test('objects are filled, their two-pixel rim is opaque, the rest stays clear', () => {
  const rows = Array.from({ length: 9 }, (_, y) =>
    Array.from({ length: 9 }, (_, x) => (x >= 1 && x <= 7 && y >= 1 && y <= 7 ? 2 : 0)),
  );
  const { padded, w, h } = pad(rows);
  const rgba = new Uint8ClampedArray(w * h * 4);
  renderObjects(padded, w, h, rgba, { fillOpacity: 0.35, contourPx: 2, selected: null });
  const alpha = (x: number, y: number) => rgba[(y * w + x) * 4 + 3];
  assert.equal(alpha(0, 0), 0);
  assert.equal(alpha(1, 4), 255);
  assert.equal(alpha(2, 4), 255);
  assert.equal(alpha(4, 4), Math.round(0.35 * 255));
  assert.deepEqual([...rgba.subarray((4 * w + 4) * 4, (4 * w + 4) * 4 + 3)], [...labelColour(2)]);
});

test('contour runs have the length of the outline', () => {
  const { padded, w, h } = pad([
    [0, 0, 0, 0],
    [0, 2, 2, 3],
    [0, 2, 2, 3],
    [1, 1, 1, 1],
  ]);
  const runs = contourRuns(padded, w, h);
  const lengthOf = (label: number) => {
    let sum = 0;
    for (let i = 0; i < runs.length; i += 5) if (runs[i] === label) sum += runs[i + 3]!;
    return sum;
  };
  assert.equal(lengthOf(2), 8);
  assert.equal(lengthOf(3), 6);
  assert.equal(lengthOf(1), 0);
});

test('the hatch covers background only', () => {
  const { padded, w, h } = pad([[0, 1, 2, 1]]);
  const rgba = new Uint8ClampedArray(w * h * 4);
  assert.equal(renderBackgroundMask(padded, w, h, rgba), 2);
  assert.deepEqual(
    [3, 7, 11, 15].map((i) => rgba[i]),
    [0, 255, 0, 255],
  );
});

test('the heat map gets lighter with every step', () => {
  // Relative luminance of sRGB (IEC 61966-2-1).
  const linear = (value: number) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = [...HEAT_TABLE].map(
    (word) =>
      0.2126 * linear(word & 255) + 0.7152 * linear((word >> 8) & 255) + 0.0722 * linear((word >> 16) & 255),
  );
  for (let i = 8; i < 256; i += 8) assert.ok(luminance[i]! > luminance[i - 8]!, `step ${i}`);
});

test('colours of neighbouring labels differ clearly', () => {
  for (let label = 2; label < 200; label++) {
    const [a, b] = [labelColour(label), labelColour(label + 1)];
    const distance = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    assert.ok(distance > 45, `${label} and ${label + 1}: ${distance}`);
  }
});
