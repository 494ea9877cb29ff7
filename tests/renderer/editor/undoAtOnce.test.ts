/** Undo and redo show their labels before the store has answered, and give way where it did something else. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StrokeTool } from '../../../renderer/editor/tools/strokeTool.ts';
import { PaintingBench } from './painting.ts';

function assertSame(labels: Uint32Array, wanted: Uint32Array | undefined): void {
  assert.ok(labels.every((label, i) => label === wanted?.[i]));
}

/** Three strokes over tile borders, stored. */
async function threeStrokes(): Promise<{ host: PaintingBench; states: Uint32Array[] }> {
  const host = new PaintingBench({ y: 300, x: 600 });
  const brush = new StrokeTool('brush', host, null);
  const states = [host.document.readPlane()];
  for (const y of [100, 255, 104]) {
    host.drag(brush, [20, y], [300, y + 3], [560, y]);
    states.push(host.document.readPlane());
  }
  await host.session.settled();
  return { host, states };
}

test('undo and redo are on view at once, and the store agrees', async () => {
  const { host, states } = await threeStrokes();
  const steps = [host.session.undo(), host.session.undo()];
  assertSame(host.document.readPlane(), states[1]);
  await Promise.all(steps);
  assertSame(host.transport.labels, states[1]);
  const again = host.session.redo();
  assertSame(host.document.readPlane(), states[2]);
  await again;
  assertSame(host.transport.labels, states[2]);
  assert.equal(host.diverged, 0);
});

test('a gesture of another page on top is what the store takes back: the plane is loaded anew', async () => {
  const { host, states } = await threeStrokes();
  const region = { x: 0, y: 0, w: 3, h: 3 };
  const header = { t: 0, z: 0, kind: 'brush', regions: [region], created: [] };
  await host.transport.sendEdit(7, header, [new Uint32Array(9).fill(2)]);
  await host.session.undo();
  assert.equal(host.diverged, 1);
  assertSame(host.transport.labels, states[3]);
  await host.session.undo();
  assertSame(host.transport.labels, states[2]);
  assert.equal(host.diverged, 1);
});

test('nothing is foreseen after a refusal, a jump, or an edit of the store', async () => {
  const { host } = await threeStrokes();
  host.transport.refusal = new Error('locked');
  host.drag(new StrokeTool('brush', host, null), [10, 10], [40, 10]);
  await host.session.settled();
  host.transport.refusal = null;
  const painted = host.document.readPlane();
  const step = host.session.undo();
  assertSame(host.document.readPlane(), painted);
  await step;
  assert.equal(host.diverged, 0);
});
