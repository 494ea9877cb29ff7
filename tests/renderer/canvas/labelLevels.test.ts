/** Coarse labels follow what is painted, whether their tiles came before the stroke or after it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { halveLabels } from '../../../app/labels/halveLabels.ts';
import { LabelLevels } from '../../../renderer/canvas/labelLevels.ts';
import { LabelDocument } from '../../../renderer/editor/labelDocument.ts';
import { assertSamePixels } from '../../store/testProject.ts';

const SHAPE = { y: 1500, x: 1301 };
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A server whose labels stay as they were when the page came. */
function serverOf(plane: Uint32Array) {
  let requests = 0;
  const fetch = (level: number, ty: number, tx: number) => {
    requests++;
    let half = { labels: plane, shape: SHAPE };
    for (let n = 0; n < level; n++) half = halveLabels(half.labels, half.shape);
    const [w, h] = [Math.min(256, half.shape.x - 256 * tx), Math.min(256, half.shape.y - 256 * ty)];
    const tile = Uint32Array.from(
      { length: w * h },
      (_, i) => half.labels[(256 * ty + Math.floor(i / w)) * half.shape.x + 256 * tx + (i % w)]!,
    );
    return Promise.resolve(tile.some((label) => label !== 0) ? tile : null);
  };
  return { fetch, requests: () => requests };
}

function readLevel(levels: LabelLevels, level: number): Uint32Array {
  const { y, x } = levels.shape(level);
  return levels.readPadded(level, { x: 0, y: 0, w: x, h: y }, 0);
}

function halved(document: LabelDocument, level: number): Uint32Array {
  let plane = { labels: document.readPlane(), shape: SHAPE };
  for (let n = 0; n < level; n++) plane = halveLabels(plane.labels, plane.shape);
  return plane.labels;
}

function allTiles(levels: LabelLevels, level: number) {
  const { y, x } = levels.shape(level);
  return levels.tilesOf(level, { x: 0, y: 0, w: x, h: y });
}

function stroke(document: LabelDocument, x: number, y: number, label: number): void {
  const gesture = document.beginGesture();
  for (let row = y; row < y + 31; row++) gesture.paintRun(row, x, x + 44, label, () => true);
  gesture.commit();
}

async function open(plane: Uint32Array) {
  const document = new LabelDocument(SHAPE);
  const server = serverOf(plane);
  const levels = new LabelLevels(document, {
    fetch: server.fetch,
    onError: (error) => {
      throw error;
    },
  });
  levels.load(() => document.setPlane(plane));
  await settle();
  return { document, levels, server };
}

test('levels agree with the document halved, before and after strokes', async () => {
  const plane = Uint32Array.from({ length: SHAPE.y * SHAPE.x }, (_, i) =>
    Math.floor(i / 7) % 5 === 0 ? i % 4 : 0,
  );
  const { document, levels } = await open(plane);
  levels.want(1, allTiles(levels, 1));
  while (allTiles(levels, 1).some(({ tx, ty }) => levels.state(1, tx, ty) === 'missing')) await settle();
  assertSamePixels(readLevel(levels, 1), halved(document, 1));
  stroke(document, 240, 250, 7);
  stroke(document, 1270, 1480, 8);
  assertSamePixels(readLevel(levels, 1), halved(document, 1));
  // Tiles of the next level come from a server that has not heard of the strokes.
  levels.want(2, allTiles(levels, 2));
  while (allTiles(levels, 2).some(({ tx, ty }) => levels.state(2, tx, ty) === 'missing')) await settle();
  assertSamePixels(readLevel(levels, 2), halved(document, 2));
});

test('a stroke on blank ground is seen from afar', async () => {
  const { document, levels } = await open(new Uint32Array(SHAPE.y * SHAPE.x));
  levels.want(2, allTiles(levels, 2));
  while (allTiles(levels, 2).some(({ tx, ty }) => levels.state(2, tx, ty) === 'missing')) await settle();
  assert.equal(levels.state(2, 0, 0), 'blank');
  const told: number[] = [];
  levels.subscribe((level) => told.push(level));
  stroke(document, 400, 400, 9);
  assert.equal(levels.state(2, 0, 0), 'labelled');
  assertSamePixels(readLevel(levels, 2), halved(document, 2));
  assert.ok(told.includes(2));
});

test('where the page does not hold the labels a change makes it ask the server again', async () => {
  const { document, levels, server } = await open(new Uint32Array(SHAPE.y * SHAPE.x));
  levels.want(2, [{ tx: 0, ty: 0 }]);
  await settle();
  assert.equal(levels.state(2, 0, 0), 'blank');
  const before = server.requests();
  document.forgetTile(1, 1);
  document.notify({ x: 300, y: 300, w: 5, h: 5 });
  assert.equal(levels.state(2, 0, 0), 'missing');
  levels.want(2, [{ tx: 0, ty: 0 }]);
  await settle();
  assert.equal(server.requests(), before + 1);
});
