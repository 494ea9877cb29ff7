/** Training samples: what is drawn, from where, how often; augmentation checked on planes whose values name their place. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isLimnError } from '../../app/errors.ts';
import {
  type AugmentationOptions,
  NO_AUGMENTATION,
  PAPER_AUGMENTATION,
  TileTransform,
} from '../../app/science/augment.ts';
import { createRandom } from '../../app/science/random.ts';
import { sampleRow } from '../../app/science/resample.ts';
import { mirrorIndex } from '../../app/science/tiling.ts';
import {
  buildSampleIndex,
  drawTrainingSample,
  type TrainingPlane,
} from '../../app/science/trainingSample.ts';

/** Channel 0 is the row, channel 1 the column; the weight is the pixel's number + 1 where labelled. */
function placePlane(
  height: number,
  width: number,
  targetOf: (y: number, x: number) => number,
): TrainingPlane {
  const size = height * width;
  const target = Uint8Array.from({ length: size }, (_, i) => targetOf(Math.floor(i / width), i % width));
  return {
    shape: { y: height, x: width },
    channels: [
      Float32Array.from({ length: size }, (_, i) => Math.floor(i / width)),
      Float32Array.from({ length: size }, (_, i) => i % width),
    ],
    scale: [1, 1],
    offset: [0, 0],
    target,
    weight: Float32Array.from(target, (value, i) => (value > 0 ? i + 1 : 0)),
  };
}

function draw(
  planes: TrainingPlane[],
  augmentation: AugmentationOptions,
  step: number,
  sides = { input: 24, output: 16 },
  density: 'labelled' | 'fiji' = 'labelled',
) {
  const index = buildSampleIndex(planes, { density, backgroundDensity: 0.1 });
  const { input, output } = sides;
  const sample = {
    image: new Float32Array(planes[0]!.channels.length * input * input).fill(Number.NaN),
    target: new Uint8Array(output * output).fill(99),
    weight: new Float32Array(output * output).fill(Number.NaN),
  };
  const shapes = { inputShape: { y: input, x: input }, outputShape: { y: output, x: output } };
  drawTrainingSample(planes, index, { seed: 5, step, slot: 0, ...shapes, augmentation }, sample);
  return sample;
}

const SPARSE = placePlane(50, 61, (y, x) => (y > 40 && x < 9 ? 1 + ((y + x) % 3) : 0));
const FULL = placePlane(37, 30, (y, x) => 1 + ((y * x) % 3));
const RIGID: AugmentationOptions = { ...NO_AUGMENTATION, flip: true, rotation: 'right-angles' };
const WILD: AugmentationOptions = {
  ...PAPER_AUGMENTATION,
  flip: true,
  scaleRange: [0.7, 1.5],
  gain: [1, 1],
  offset: [0, 0],
};

test('without resampling a sample is a copy: image, target and weight name the same pixels', () => {
  for (const augmentation of [NO_AUGMENTATION, RIGID]) {
    for (let step = 0; step < 60; step++) {
      const { image, target, weight } = draw([FULL], augmentation, step);
      for (let y = 0; y < 16; y++) {
        for (let x = 0; x < 16; x++) {
          const at = (y + 4) * 24 + x + 4;
          const pixel = image[at]! * 30 + image[24 * 24 + at]!;
          assert.equal(weight[y * 16 + x], pixel + 1);
          assert.equal(target[y * 16 + x], FULL.target[pixel]);
        }
      }
    }
  }
});

test('a plain sample is a contiguous window, mirrored beyond the border', () => {
  for (let step = 0; step < 40; step++) {
    const { image } = draw([FULL], NO_AUGMENTATION, step, { input: 40, output: 8 });
    // The middle 8 × 8 lies in the plane; from there the window is known.
    const top = image[16 * 40 + 16]! - 16;
    const left = image[40 * 40 + 16 * 40 + 16]! - 16;
    assert.ok(top + 16 >= 0 && top + 24 <= 37 && left + 16 >= 0 && left + 24 <= 30);
    for (let y = 0; y < 40; y++) {
      for (let x = 0; x < 40; x++) {
        assert.equal(image[y * 40 + x], mirrorIndex(top + y, 37));
        assert.equal(image[1600 + y * 40 + x], mirrorIndex(left + x, 30));
      }
    }
  }
});

test('flips and right angles give all eight orientations', () => {
  const seen = new Set<string>();
  for (let step = 0; step < 200; step++) {
    const { image } = draw([placePlane(90, 90, () => 1)], RIGID, step);
    const at = 12 * 24 + 12;
    const delta = (channel: number, to: number) => image[channel * 576 + to]! - image[channel * 576 + at]!;
    seen.add(
      [delta(0, at + 1), delta(1, at + 1), delta(0, at + 24), delta(1, at + 24)].map(Math.round).join(),
    );
  }
  assert.equal(seen.size, 8);
});

test('an output area without a labelled pixel never occurs, whatever the augmentation', () => {
  const lonely = placePlane(40, 40, (y, x) => (y === 0 && x === 39 ? 1 : 0));
  for (const density of ['labelled', 'fiji'] as const) {
    for (const augmentation of [NO_AUGMENTATION, RIGID, WILD]) {
      for (let step = 0; step < 100; step++) {
        for (const plane of [SPARSE, lonely]) {
          const { target, image } = draw([plane], augmentation, step, { input: 24, output: 5 }, density);
          assert.ok(target.some((value) => value > 0 && value < 99));
          assert.ok(image.every(Number.isFinite));
        }
      }
    }
  }
});

test('with rotation, scale and elastic deformation labels stay on the pixels nearest to the image', () => {
  const plane = placePlane(300, 300, (y, x) =>
    y > 120 && y < 180 && x > 120 && x < 180 ? 1 + ((y + x) % 2) : 0,
  );
  let compared = 0;
  for (let step = 0; step < 20; step++) {
    const { image, target, weight } = draw([plane], WILD, step, { input: 48, output: 32 });
    for (let y = 0; y < 32; y++) {
      for (let x = 0; x < 32; x++) {
        const at = (y + 8) * 48 + x + 8;
        // Bicubic interpolation reproduces a ramp, so the image says from where it was read.
        const row = image[at]!;
        const column = image[48 * 48 + at]!;
        const tie = Math.abs(row - Math.round(row)) > 0.499 || Math.abs(column - Math.round(column)) > 0.499;
        if (tie) continue;
        const pixel = Math.round(row) * 300 + Math.round(column);
        assert.equal(target[y * 32 + x], plane.target[pixel]);
        assert.equal(weight[y * 32 + x], plane.weight[pixel]);
        compared++;
      }
    }
  }
  assert.ok(compared > 10000);
});

/** How often each position of an axis is covered if start = clamp(pixel - place): both uniform and all enumerated. */
function coverage(length: number, side: number): Float64Array {
  const covered = new Float64Array(length);
  for (let pixel = 0; pixel < length; pixel++) {
    for (let place = 0; place < side; place++) {
      const start = Math.min(Math.max(pixel - place, 0), length - side);
      for (let k = start; k < start + side; k++) covered[k]! += 1 / (length * side);
    }
  }
  return covered;
}

test('windows around any labelled pixel alike, moved into the plane at its borders', () => {
  const draws = 3000;
  const hits = new Float64Array(37 * 30);
  for (let step = 0; step < draws; step++) {
    const { weight } = draw([FULL], NO_AUGMENTATION, step, { input: 8, output: 8 });
    for (const w of weight) hits[w - 1]!++;
  }
  const rows = coverage(37, 8);
  const columns = coverage(30, 8);
  hits.forEach((n, i) => {
    const expected = draws * rows[Math.floor(i / 30)]! * columns[i % 30]!;
    assert.ok(Math.abs(n - expected) < 5.5 * Math.sqrt(expected), `pixel ${i}: ${n}, expected ${expected}`);
  });
});

test('the Fiji density centres ten times more often on an object pixel than on a background one', () => {
  const plane = placePlane(64, 64, (_, x) => (x < 32 ? 1 : 2));
  let objects = 0;
  for (let step = 0; step < 2000; step++) {
    const { target } = draw([plane], PAPER_AUGMENTATION, step, { input: 9, output: 9 }, 'fiji');
    if (target[4 * 9 + 4] === 2) objects++;
  }
  assert.ok(Math.abs(objects / 2000 - 1 / 1.1) < 0.03);
});

test('planes are drawn in proportion to their labelled pixels', () => {
  const planes = [
    placePlane(20, 20, () => 1),
    placePlane(20, 40, (_, x) => (x < 30 ? 2 : 0)),
    placePlane(9, 9, () => 0),
  ];
  let second = 0;
  for (let step = 0; step < 1500; step++) {
    if (draw(planes, NO_AUGMENTATION, step, { input: 4, output: 4 }).target.includes(2)) second++;
  }
  assert.ok(Math.abs(second / 1500 - 0.6) < 0.05);
});

test('a sample depends on seed, step and slot only', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (step) => {
      assert.deepEqual(draw([SPARSE, FULL], WILD, step), draw([SPARSE, FULL], WILD, step));
      assert.notDeepEqual(draw([SPARSE, FULL], WILD, step).image, draw([SPARSE, FULL], WILD, step + 1).image);
    }),
    { numRuns: 10 },
  );
});

test('grey values become gain · sign(v)|v|^gamma + offset, of the normalised value', () => {
  const plane = { ...placePlane(32, 32, () => 1), scale: [0.5, -1], offset: [-3, 2] };
  const options = {
    ...NO_AUGMENTATION,
    gain: [2, 2],
    offset: [0.25, 0.25],
    gamma: [3, 3],
  } satisfies AugmentationOptions;
  const plain = draw([plane], NO_AUGMENTATION, 3).image;
  const changed = draw([plane], options, 3).image;
  plain.forEach((value, i) => {
    assert.ok(Math.abs(changed[i]! - (2 * value ** 3 + 0.25)) <= 1e-5 * Math.abs(value) ** 3 + 1e-6);
  });
});

test('noise has the drawn standard deviation at most and mean 0', () => {
  const plain = draw([FULL], NO_AUGMENTATION, 8).image;
  const noisy = draw([FULL], { ...NO_AUGMENTATION, noise: 0.2 }, 8).image;
  const difference = plain.map((value, i) => noisy[i]! - value).subarray(0, 576);
  const mean = difference.reduce((a, b) => a + b) / 576;
  const deviation = Math.sqrt(difference.reduce((a, b) => a + (b - mean) ** 2, 0) / 576);
  assert.ok(Math.abs(mean) < 0.03 && deviation > 0 && deviation < 0.22);
});

test('bicubic reading reproduces quadratics inside the plane', () => {
  const shape = { y: 12, x: 15 };
  const f = (y: number, x: number) => 3 + y - 2 * x + 0.5 * y * y - 0.25 * x * x + 0.75 * x * y;
  const plane = Float64Array.from({ length: 180 }, (_, i) => f(Math.floor(i / 15), i % 15));
  const random = createRandom(1);
  const ys = Float64Array.from({ length: 200 }, () => 1 + 9 * random.next());
  const xs = Float64Array.from({ length: 200 }, () => 1 + 12 * random.next());
  const out = new Float32Array(200);
  sampleRow(plane, shape, ys, xs, 200, 1, 0, out, 0);
  out.forEach((value, i) => {
    assert.ok(Math.abs(value - f(ys[i]!, xs[i]!)) < 1e-4);
  });
});

test('elastic displacements at the grid nodes are Gaussian with the stated deviation, and smooth in between', () => {
  const shape = { y: 101, x: 101 };
  let sum = 0;
  let squares = 0;
  let roughest = 0;
  const ys = new Float64Array(101);
  const xs = new Float64Array(101);
  for (let k = 0; k < 150; k++) {
    const transform = new TileTransform(
      createRandom(9, k),
      { ...NO_AUGMENTATION, elasticSigmaPx: 10 },
      shape,
    );
    for (const y of [0, 50, 100]) {
      transform.positionsOfRow(y, ys, xs);
      for (const x of [0, 50, 100]) {
        for (const d of [ys[x]! - y, xs[x]! - x]) {
          sum += d;
          squares += d * d;
        }
      }
      for (let x = 1; x < 100; x++)
        roughest = Math.max(roughest, Math.abs(xs[x + 1]! - 2 * xs[x]! + xs[x - 1]!));
    }
  }
  const n = 150 * 9 * 2;
  assert.ok(Math.abs(sum / n) < 0.7);
  assert.ok(Math.abs(Math.sqrt(squares / n) - 10) < 0.5);
  assert.ok(roughest < 0.3, `second difference ${roughest} px`);
});

test('no labelled pixel at all is refused by name', () => {
  assert.throws(
    () => buildSampleIndex([placePlane(4, 4, () => 0)], { density: 'labelled', backgroundDensity: 1 }),
    (error) => isLimnError(error, 'NotEnoughLabels'),
  );
});
