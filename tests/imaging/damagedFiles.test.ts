/** Bad files of every kind: one sentence with the file's name and a remedy, never a crash, a hang or a giant allocation. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { isLimnError, LimnError } from '../../app/errors.ts';
import { openImage } from '../../app/imaging/openImage.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/imaging');
const folder = mkdtempSync(join(tmpdir(), 'limn-damaged-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function readEverything(path: string): Promise<void> {
  const reader = await openImage(path);
  try {
    const { t, z, c } = reader.description.shape;
    for (let i = 0; i < t * z * c; i++) {
      await reader.readPlane(Math.floor(i / (z * c)), Math.floor(i / c) % z, i % c);
    }
  } finally {
    await reader.close();
  }
}

async function assertOneSentence(path: string, tag: LimnError['tag'], words: RegExp): Promise<void> {
  await assert.rejects(readEverything(path), (error: unknown) => {
    assert.ok(error instanceof LimnError, String(error));
    assert.equal(error.tag, tag);
    assert.match(error.message, words);
    assert.ok(error.message.includes(path.split('/').at(-1)!), 'names the file');
    assert.match(error.message, /; .+\.$/, 'says what to do');
    return true;
  });
}

/** A little-endian TIFF of one uncompressed 8-bit strip at byte 8, with the given tags changed. */
function craftTiff(changes: Record<number, number>): Uint8Array {
  const tags = { 256: 4, 257: 3, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 3, 279: 12, ...changes };
  const bytes = new Uint8Array(20 + 2 + Object.keys(tags).length * 12 + 4);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0, 20, 0, 0, 0]);
  view.setUint16(20, Object.keys(tags).length, true);
  Object.entries(tags).forEach(([tag, value], i) => {
    view.setUint16(22 + i * 12, Number(tag), true);
    view.setUint16(24 + i * 12, 4, true);
    view.setUint32(26 + i * 12, 1, true);
    view.setUint32(30 + i * 12, value, true);
  });
  return bytes;
}

test('the crafted TIFF is read when nothing is changed', async () => {
  await readEverything(write('fine.tif', craftTiff({})));
});

test('an empty file', () => assertOneSentence(write('empty.tif', ''), 'CorruptFile', /empty/));

test('a text file named .tif', () =>
  assertOneSentence(
    write('notes.tif', 'Cells fixed on Tuesday,\nµm per pixel: 0.65\n'),
    'UnsupportedFormat',
    /text file/,
  ));

test('a missing file', () => assertOneSentence(join(folder, 'absent.tif'), 'NotFound', /no file/));

test('a folder', () => assertOneSentence(folder, 'InvalidInput', /folder/));

test('a TIFF cut off within its pixels', () => {
  const whole = readFileSync(join(FIXTURES, 'imagej-tzcyx-uint16.tif'));
  return assertOneSentence(
    write('cut.tif', whole.subarray(0, whole.length - 900)),
    'CorruptFile',
    /cut short/,
  );
});

test('a TIFF cut off at any byte', async () => {
  for (const name of ['tiles-deflate-uint16.tif', 'plain-pages-uint8.tif', 'bigtiff-uint32.tif']) {
    const whole = readFileSync(join(FIXTURES, name));
    for (let length = 1; length < whole.length - 16; length += 7) {
      await assert.rejects(readEverything(write('prefix.tif', whole.subarray(0, length))), (error) =>
        isLimnError(error),
      );
    }
  }
});

test('an unknown compression', () =>
  assertOneSentence(write('fax.tif', craftTiff({ 259: 4 })), 'UnsupportedFormat', /CCITT fax/));

test('no pixels', () =>
  assertOneSentence(write('zero.tif', craftTiff({ 256: 0 })), 'CorruptFile', /0 × 3 pixels/));

test('more pixels than the bytes can hold, without their memory', async () => {
  const before = process.memoryUsage().arrayBuffers;
  await assertOneSentence(
    write('bomb.tif', craftTiff({ 256: 60_000, 257: 60_000, 258: 8, 259: 8, 278: 60_000 })),
    'CorruptFile',
    /60000 × 60000 pixels/,
  );
  assert.ok(process.memoryUsage().arrayBuffers - before < 1e8);
});

test('absurd dimensions', () =>
  assertOneSentence(write('absurd.tif', craftTiff({ 256: 4e9, 257: 4e9 })), 'UnsupportedFormat', /4 GiB/));

test('pages in a circle', () => {
  const bytes = craftTiff({});
  new DataView(bytes.buffer).setUint32(bytes.length - 4, 20, true);
  return assertOneSentence(write('circle.tif', bytes), 'CorruptFile', /circle/);
});

test('deflate data that do not decode', () =>
  assertOneSentence(write('garbage.tif', craftTiff({ 259: 8 })), 'CorruptFile', /damaged block/));

test('a PNG and a JPEG cut off in the middle', async () => {
  for (const name of ['grey16.png', 'rgb8.png', 'rgb.jpg']) {
    const whole = readFileSync(join(FIXTURES, name));
    const path = write(`cut-${name}`, whole.subarray(0, Math.floor(whole.length * 0.6)));
    await assertOneSentence(path, 'CorruptFile', /damaged|cut|header/);
  }
});

test('a PNG that claims more pixels than its bytes can hold', () => {
  const bytes = Uint8Array.from(readFileSync(join(FIXTURES, 'grey8.png')));
  new DataView(bytes.buffer).setUint32(16, 50_000);
  return assertOneSentence(write('wide.png', bytes), 'CorruptFile', /cannot hold/);
});

test('a JPEG that claims more pixels than its bytes can hold, or than can be decoded', async () => {
  const bytes = Uint8Array.from(readFileSync(join(FIXTURES, 'rgb.jpg')));
  const view = new DataView(bytes.buffer);
  const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
  const claim = (name: string, side: number) => {
    view.setUint16(frame + 5, side);
    view.setUint16(frame + 7, side);
    return write(name, bytes);
  };
  const before = process.memoryUsage().arrayBuffers;
  await assertOneSentence(claim('wide.jpg', 8000), 'CorruptFile', /8000 × 8000 pixels.*cannot hold/);
  await assertOneSentence(claim('vast.jpg', 60_000), 'UnsupportedFormat', /60000 × 60000 pixels/);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1e8);
});

const MUTATED = [
  'imagej-tzcyx-uint16.tif',
  'tiles-deflate-uint16.tif',
  'predictor-deflate-uint16.tif',
  'ome-ctzyx-uint8.ome.tif',
  'shaped-one-page-zyx-uint16.tif',
  'bigtiff-uint32.tif',
  'rgb8.png',
  'palette4.png',
  'rgb.jpg',
];

for (const name of MUTATED) {
  test(`${name} with random bytes changed is read or refused in a sentence`, async () => {
    const whole = Uint8Array.from(readFileSync(join(FIXTURES, name)));
    const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = whole.slice();
        for (const { at, to } of changes) bytes[at] = to;
        const path = write(`mutated-${name}`, bytes);
        try {
          await readEverything(path);
        } catch (error) {
          assert.ok(isLimnError(error), error instanceof Error ? error.stack : String(error));
          assert.ok(error.message.includes(`mutated-${name}`), error.message);
        }
      }),
      { numRuns: 80 },
    );
  });
}
