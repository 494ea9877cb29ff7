import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isLimnError } from '../../app/errors.ts';
import { selectImages, selectPlanes, splitValidation } from '../../app/services/imageSelection.ts';
import type { ImageRow } from '../../app/store/types.ts';

function rows(names: string[], shape: { t?: number; z?: number } = {}): ImageRow[] {
  return names.map((name, position) => ({
    imageId: 100 + position,
    position,
    name,
    sourcePath: `/data/${name}.tif`,
    linked: false,
    shape: { t: 1, z: 1, c: 1, y: 10, x: 10, ...shape },
    numberType: 'uint8',
    pixelSizeUm: null,
    channelNames: ['channel 0'],
  }));
}

const names = (images: ImageRow[]) => images.map((image) => image.name);

test('positions, ranges and names select in import order, each image once', () => {
  const all = rows(['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual(names(selectImages(all)), ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual(names(selectImages(all, '1-3')), ['b', 'c', 'd']);
  assert.deepEqual(names(selectImages(all, 'd, a,d')), ['a', 'd']);
  assert.deepEqual(names(selectImages(all, '0-1,4,b')), ['a', 'b', 'e']);
  assert.deepEqual(names(selectImages([...all].reverse(), '0')), ['a']);
});

test('a name goes before a position', () => {
  const all = rows(['10', '11', '0', '2-3']);
  assert.deepEqual(names(selectImages(all, '0')), ['0']);
  assert.deepEqual(names(selectImages(all, '2-3')), ['2-3']);
  assert.deepEqual(names(selectImages(all, '0-1')), ['10', '11']);
});

test('any range within the project gives exactly its positions', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(39), fc.nat(39), (size, from, to) => {
      fc.pre(from <= to && to < size);
      const all = rows(Array.from({ length: size }, (_, i) => `image ${i}`));
      assert.deepEqual(
        selectImages(all, `${from}-${to}`).map((image) => image.position),
        Array.from({ length: to - from + 1 }, (_, i) => from + i),
      );
    }),
  );
});

test('what names nothing is refused with what there is', () => {
  const all = rows(['a', 'b']);
  for (const [expression, says] of [
    ['c', /no image 'c'.*'a', 'b'/],
    ['0-2', /positions 0 to 1/],
    ['1-0', /positions 0 to 1/],
    ['a:z3', /z 0 to 0/],
  ] as const) {
    assert.throws(
      () => selectImages(all, expression),
      (error) => isLimnError(error, 'InvalidInput') && says.test(error.message),
      expression,
    );
  }
  assert.throws(() => selectImages([], '0'), /Import images first/);
});

test('planes of a stack are addressed after a colon and add up', () => {
  const all = rows(['stack', 'other'], { t: 5, z: 8 });
  const [first] = selectPlanes(all, 'stack:z3-7');
  assert.deepEqual(
    [first?.t, first?.z],
    [
      [0, 1, 2, 3, 4],
      [3, 4, 5, 6, 7],
    ],
  );
  const [second] = selectPlanes(all, 'stack:t0-1');
  assert.deepEqual(second?.t, [0, 1]);
  assert.deepEqual(
    selectPlanes(all, 'stack:z0,stack:z2').map(({ z }) => z),
    [[0, 2]],
  );
  assert.equal(selectPlanes(all, '0-1:z4').length, 2);
  assert.throws(
    () => selectImages(all, 'stack:z3'),
    (error) => isLimnError(error, 'InvalidInput') && /whole images/.test(error.message),
  );
});

test('validation by names is taken out of the training, by a fraction at even distances', () => {
  const all = rows(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']);
  const named = splitValidation(all, { images: '0-3', validation: 'd,j' });
  assert.deepEqual(
    [names(named.training), names(named.validation)],
    [
      ['a', 'b', 'c'],
      ['d', 'j'],
    ],
  );
  const fifth = splitValidation(all, { validation: '0.2' });
  assert.deepEqual([names(fifth.validation), fifth.training.length], [['c', 'h'], 8]);
  assert.deepEqual(names(splitValidation(all.slice(0, 1), { validation: '0.2' }).training), ['a']);
  assert.equal(splitValidation(all.slice(0, 2), { validation: '.9' }).training.length, 1);
  assert.throws(
    () => splitValidation(all, { images: 'a', validation: 'a' }),
    (error) => isLimnError(error, 'InvalidInput'),
  );
});

test('groups are held back whole: no animal is trained and validated on', () => {
  const animals = ['m1', 'm2', 'm3', 'm4', 'm5'];
  const all = rows(animals.flatMap((animal) => ['a', 'b', 'c'].map((field) => `${animal}_${field}`)));
  const { training, validation } = splitValidation(all, {
    validation: '0.4',
    validationGroup: '^(m\\d+)_',
  });
  const animalsOf = (images: typeof all): string[] => [
    ...new Set(names(images).map((name) => name.slice(0, 2))),
  ];
  assert.equal(animalsOf(validation).length, 2);
  assert.deepEqual([...animalsOf(training), ...animalsOf(validation)].sort(), animals);
  // A name that does not fit the pattern is a group of its own.
  const mixed = splitValidation(rows(['x', ...names(all.slice(0, 3))]), {
    validation: '0.5',
    validationGroup: '^(m\\d+)_',
  });
  assert.ok([1, 3].includes(mixed.validation.length));
  for (const [pattern, says] of [
    ['m1', /0 captures/],
    ['(m)(1)', /2 captures/],
    ['(m', /no regular expression/],
  ] as const) {
    assert.throws(
      () => splitValidation(all, { validation: '0.4', validationGroup: pattern }),
      (error) => isLimnError(error, 'WrongUsage') && says.test(error.message),
      pattern,
    );
  }
  assert.throws(
    () => splitValidation(all, { validation: '0.4', validationGroup: '^(m)' }),
    (error) => isLimnError(error, 'InvalidInput') && /one group/.test(error.message),
  );
});

test('who insists may validate on what is trained on', () => {
  const all = rows(['a', 'b', 'c']);
  const { training, validation } = splitValidation(all, {
    images: 'a,b',
    validation: 'b',
    validateOnTraining: true,
  });
  assert.deepEqual([names(training), names(validation)], [['a', 'b'], ['b']]);
});
