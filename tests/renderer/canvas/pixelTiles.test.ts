/** Tiles are fetched once, abandoned when nobody wants them, and not hammered when they fail. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawPlane, TileAddress } from '../../../renderer/api/raw.ts';
import { PixelTiles } from '../../../renderer/canvas/pixelTiles.ts';

const at = (tx: number): TileAddress => ({ imageId: 1, level: 0, t: 0, z: 0, c: 0, ty: 0, tx });
const plane: RawPlane = { pixels: Uint8Array.of(1, 2), h: 1, w: 2 };
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a tile is fetched once and then at hand', async () => {
  let fetches = 0;
  let arrivals = 0;
  const tiles = new PixelTiles(
    () => arrivals++,
    () => {
      fetches++;
      return Promise.resolve(plane);
    },
  );
  tiles.want([at(0)]);
  tiles.want([at(0)]);
  await settle();
  tiles.want([at(0)]);
  await settle();
  assert.equal(fetches, 1);
  assert.equal(arrivals, 1);
  assert.equal(tiles.peek(at(0)), plane);
});

test('what scrolled out of view is aborted', async () => {
  const aborted: number[] = [];
  const tiles = new PixelTiles(
    () => undefined,
    (address, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          aborted.push(address.tx);
          reject(new Error('aborted'));
        }),
      ),
  );
  tiles.want([at(0), at(1)]);
  tiles.want([at(1), at(2)]);
  await settle();
  assert.deepEqual(aborted, [0]);
});

test('a tile that cannot be had is asked for three times, not for ever', async () => {
  let fetches = 0;
  const tiles = new PixelTiles(
    () => undefined,
    () => {
      fetches++;
      return Promise.reject(new Error('gone'));
    },
  );
  for (let i = 0; i < 10; i++) {
    tiles.want([at(0)]);
    await settle();
  }
  assert.equal(fetches, 3);
});
