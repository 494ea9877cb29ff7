import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isLimnError } from '../../app/errors.ts';
import { decodeEnvelope, encodeEnvelope } from '../../app/labels/envelope.ts';

const label = fc.integer({ min: 0, max: 0xffff_ffff });
const region = fc
  .record(
    {
      x: fc.nat(9000),
      y: fc.nat(9000),
      w: fc.integer({ min: 1, max: 9 }),
      h: fc.integer({ min: 1, max: 9 }),
    },
    { noNullPrototype: true },
  )
  .chain((place) =>
    fc.record({
      place: fc.constant(place),
      labels: fc.array(label, { minLength: place.w * place.h, maxLength: place.w * place.h }),
    }),
  );
const edit = fc.record({
  kind: fc.string({ unit: 'grapheme' }),
  regions: fc.array(region, { maxLength: 5 }),
});

function encode(value: {
  kind: string;
  regions: { place: { w: number; h: number }; labels: number[] }[];
}): Uint8Array {
  const header = { t: 1, z: 2, kind: value.kind, regions: value.regions.map(({ place }) => place) };
  return encodeEnvelope(
    header,
    value.regions.map(({ labels }) => Uint32Array.from(labels)),
  );
}

test('what is put into an envelope comes out of it, whatever the kind is called', () => {
  fc.assert(
    fc.property(edit, (value) => {
      const decoded = decodeEnvelope(encode(value));
      assert.deepEqual(decoded.header, {
        t: 1,
        z: 2,
        kind: value.kind,
        regions: value.regions.map(({ place }) => place),
      });
      assert.deepEqual(
        decoded.regions.map((labels) => [...labels]),
        value.regions.map(({ labels }) => labels),
      );
    }),
  );
});

test('the layout is the documented one: length, padded JSON, little-endian labels', () => {
  const bytes = encodeEnvelope({ regions: [{ w: 2, h: 1 }] }, [Uint32Array.of(1, 0x0102_0304)]);
  const text = '{"regions":[{"w":2,"h":1}]} ';
  assert.equal(text.length % 4, 0);
  const expected = Buffer.concat([
    Buffer.from([text.length, 0, 0, 0]),
    Buffer.from(text, 'utf8'),
    Buffer.from([1, 0, 0, 0, 4, 3, 2, 1]),
  ]);
  assert.deepEqual(Buffer.from(bytes), expected);
});

test('an envelope that lies anywhere in a larger buffer is read as well', () => {
  const bytes = encodeEnvelope({ regions: [{ w: 1, h: 1 }] }, [Uint32Array.of(7)]);
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  assert.deepEqual([...(decodeEnvelope(shifted.subarray(3)).regions[0] ?? [])], [7]);
});

test('an envelope cut short or too long is refused with a sentence, never misread', () => {
  fc.assert(
    fc.property(edit, fc.integer({ min: -8, max: 8 }), (value, change) => {
      fc.pre(change !== 0);
      const bytes = encode(value);
      const wrong = new Uint8Array(Math.max(0, bytes.length + change));
      wrong.set(bytes.subarray(0, wrong.length));
      assert.throws(
        () => decodeEnvelope(wrong),
        (error) => isLimnError(error, 'InvalidInput'),
      );
    }),
  );
});

test('noise is refused with a sentence', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => {
      assert.throws(
        () => decodeEnvelope(noise),
        (error) => isLimnError(error, 'InvalidInput'),
      );
    }),
  );
});
