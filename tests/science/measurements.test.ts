/** Measurements against scikit-image's regionprops. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureObjects } from '../../app/science/measurements.ts';
import { readFixture } from './fixtures.ts';

interface Fixture {
  shape: { y: number; x: number };
  labels: number[];
  channels: number[][];
  rows: { label: number; area: number; y: number; x: number; mean: number[]; integrated: number[] }[];
}

test("areas, centroids and intensities equal scikit-image's", () => {
  const { shape, labels, channels, rows } = readFixture<Fixture>('measurements');
  const measured = measureObjects(Uint32Array.from(labels), shape, channels);
  assert.equal(measured.length, rows.length);
  measured.forEach((object, k) => {
    const row = rows[k]!;
    assert.deepEqual(
      [object.object, object.areaPx, object.integratedIntensity],
      [row.label, row.area, row.integrated],
    );
    assert.ok(Math.abs(object.centroid.y - row.y) < 1e-9 && Math.abs(object.centroid.x - row.x) < 1e-9);
    object.meanIntensity.forEach((mean, c) => {
      assert.ok(Math.abs(mean - row.mean[c]!) < 1e-9);
    });
  });
});

test('labels above 65535 and an empty plane', () => {
  assert.deepEqual(measureObjects(new Uint32Array(4), { y: 2, x: 2 }, []), []);
  const [object] = measureObjects(Uint32Array.of(0, 4294967295), { y: 1, x: 2 }, [[3, 9]]);
  assert.deepEqual(object, {
    object: 4294967295,
    areaPx: 1,
    centroid: { y: 0, x: 1 },
    meanIntensity: [9],
    integratedIntensity: [9],
  });
});
