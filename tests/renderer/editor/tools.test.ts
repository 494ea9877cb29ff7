/** The painting tools as a user meets them: strokes, modes, cancelling, undo. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiskTool } from '../../../renderer/editor/tools/diskTool.ts';
import { FillTool } from '../../../renderer/editor/tools/fillTool.ts';
import { LassoTool, PolygonTool } from '../../../renderer/editor/tools/shapeTool.ts';
import { StrokeTool } from '../../../renderer/editor/tools/strokeTool.ts';
import { membrane, PaintingBench } from './painting.ts';

const shape = { y: 300, x: 400 };

function bench() {
  const host = new PaintingBench(shape);
  return {
    host,
    brush: new StrokeTool('brush', host, null),
    eraser: new StrokeTool('eraser', host, 'unlabelled'),
  };
}

test('two strokes that touch stay two objects, neither eats the other', async () => {
  const { host, brush } = bench();
  host.drag(brush, [50, 50], [80, 50]);
  host.drag(brush, [50, 54], [80, 54]);
  assert.equal(host.document.at(60, 50), 2);
  assert.equal(host.document.at(60, 52), 2, 'the first object keeps its rim');
  assert.equal(host.document.at(60, 53), 3, 'the second starts right beside it');
  await host.session.settled();
  assert.deepEqual([...host.transport.created.keys()], [2, 3]);
  assert.deepEqual(host.document.readPlane(), host.transport.labels);
});

test('a stroke that starts on an object extends it', () => {
  const { host, brush } = bench();
  host.drag(brush, [50, 50], [60, 50]);
  host.drag(brush, [60, 50], [90, 50]);
  assert.equal(host.document.at(88, 50), 2);
  assert.equal(host.session.objects.length, 1);
});

test('background carves only the object on which the stroke starts', () => {
  const { host, brush } = bench();
  host.drag(brush, [50, 50], [80, 50]);
  host.mode = 'background';
  host.drag(brush, [50, 40], [80, 60]);
  assert.equal(host.document.at(65, 50), 2, 'a stroke from free ground leaves objects alone');
  assert.equal(host.document.at(50, 40), 1);
  host.drag(brush, [65, 50]);
  assert.equal(host.document.at(65, 50), 1);
  host.protectObjects = false;
  host.drag(brush, [40, 50], [55, 50]);
  assert.equal(host.document.at(52, 50), 1);
});

test('the eraser takes any label back to unlabelled', () => {
  const { host, brush, eraser } = bench();
  host.drag(brush, [50, 50], [80, 50]);
  host.drag(eraser, [60, 50]);
  assert.equal(host.document.at(60, 50), 0);
  assert.equal(host.document.at(70, 50), 2);
});

test('strokes of a stuff class join one region', async () => {
  const { host, brush } = bench();
  host.paintClass = membrane;
  host.drag(brush, [20, 20]);
  host.drag(brush, [200, 200]);
  assert.equal(host.document.at(20, 20), host.document.at(200, 200));
  await host.session.settled();
  assert.deepEqual(
    host.transport.edits.map((edit) => edit.header.created.length),
    [1, 0],
  );
  assert.equal(host.session.objects[0]?.isRegion, true);
});

test('a locked object takes no paint and is not erased', () => {
  const { host, brush, eraser } = bench();
  host.drag(brush, [50, 50], [80, 50]);
  host.session.setObjects(host.session.objects.map((row) => ({ ...row, locked: true })));
  const before = host.document.readPlane();
  host.drag(eraser, [60, 50]);
  host.drag(brush, [60, 50], [60, 90]);
  assert.deepEqual(host.document.readPlane(), before);
});

test('Escape takes the stroke in the air back to the pixel and nothing is stored', async () => {
  const { host, brush } = bench();
  host.drag(brush, [250, 250], [262, 258]);
  const before = host.document.readPlane();
  brush.pointerDown({ x: 240, y: 240, pressure: 1 });
  brush.pointerMove({ x: 270, y: 270, pressure: 1 });
  assert.notDeepEqual(host.document.readPlane(), before);
  brush.cancel();
  brush.pointerUp({ x: 280, y: 280, pressure: 1 });
  assert.deepEqual(host.document.readPlane(), before);
  await host.session.settled();
  assert.equal(host.transport.edits.length, 1);
});

test('undo and redo follow the store, over tile borders, and a new object gets a new number', async () => {
  const { host, brush } = bench();
  host.drag(brush, [50, 50], [80, 50]);
  host.drag(brush, [240, 240], [300, 290]);
  const both = host.document.readPlane();
  await host.session.undo();
  assert.equal(host.document.at(270, 265), 0);
  assert.equal(host.session.objects.length, 1);
  assert.equal(host.session.state.canRedo, true);
  await host.session.redo();
  assert.deepEqual(host.document.readPlane(), both);
  await host.session.undo();
  host.drag(brush, [20, 200]);
  assert.equal(host.document.at(20, 200), 4, 'label 3 belonged to the undone object');
  await host.session.undo();
  await host.session.undo();
  await host.session.undo();
  assert.equal(host.session.state.canUndo, false);
});

test('undo of another plane asks to show that plane instead of painting on this one', async () => {
  const { host, brush } = bench();
  host.drag(brush, [50, 50]);
  await host.session.settled();
  host.session.showPlane(0, 3).setBlank();
  await host.session.undo();
  assert.deepEqual(host.otherPlanes, [{ t: 0, z: 0 }]);
  assert.equal(host.document.at(50, 50), 0);
});

test('strokes wait while the server is away and arrive in order', async () => {
  const { host, brush } = bench();
  host.transport.failures = 1;
  host.drag(brush, [50, 50], [80, 50]);
  host.drag(brush, [50, 54], [80, 54]);
  assert.equal(host.session.state.save, 'saving');
  await host.session.settled();
  assert.equal(host.transport.edits.length, 2);
  assert.deepEqual(host.document.readPlane(), host.transport.labels);
  assert.equal(host.session.pending, 0);
});

test('a refused stroke is reported once and does not hold up the next', async () => {
  const { host, brush } = bench();
  host.transport.refusal = new Error('The disk is full.');
  host.drag(brush, [50, 50]);
  await host.session.settled();
  assert.equal(host.refused.length, 1);
  host.transport.refusal = null;
  host.drag(brush, [100, 100]);
  await host.session.settled();
  assert.equal(host.transport.edits.length, 1);
});

test('nothing is painted while labels in view are still loading', () => {
  const { host, brush } = bench();
  host.ready = false;
  host.drag(brush, [50, 50], [80, 50]);
  assert.deepEqual(host.refusals, ['loading']);
  assert.equal(host.session.objects.length, 0);
});

test('lasso and polygon paint their inside as one gesture', async () => {
  const { host } = bench();
  const lasso = new LassoTool(host);
  host.drag(lasso, [10, 10], [50, 10], [50, 40], [10, 40]);
  assert.equal(host.document.at(30, 25), 2);
  assert.equal(host.document.at(52, 25), 0);
  const polygon = new PolygonTool(host, () => 3);
  for (const [x, y] of [
    [100, 100],
    [140, 100],
    [120, 140],
    [101, 101],
  ] as const) {
    polygon.pointerDown({ x, y, pressure: 1 });
    polygon.pointerUp();
  }
  assert.equal(polygon.active, false);
  assert.equal(host.document.at(120, 115), 3);
  await host.session.settled();
  assert.equal(host.transport.edits.length, 2);
});

test('fill closes an outline into its object and refuses ground that is open to the border', () => {
  const { host, brush } = bench();
  host.drag(brush, [100, 100], [150, 100], [150, 150], [100, 150], [100, 100]);
  const fill = new FillTool(host);
  fill.pointerDown({ x: 125, y: 125, pressure: 1 });
  assert.equal(host.document.at(125, 125), 2);
  fill.pointerDown({ x: 10, y: 10, pressure: 1 });
  assert.deepEqual(host.refusals, ['not-enclosed']);
  host.mode = 'background';
  fill.pointerDown({ x: 10, y: 10, pressure: 1 });
  assert.equal(host.document.at(399, 299), 1);
  assert.equal(host.document.at(125, 125), 2);
});

test('a pen scales the brush by how hard it presses', () => {
  const { host, brush } = bench();
  host.brushDiameterPx = 40;
  const width = (x: number) =>
    Array.from({ length: shape.y }, (_, y) => host.document.at(x, y)).filter((label) => label === 2).length;
  brush.pointerDown({ x: 60, y: 150, pressure: 1 });
  brush.pointerMove({ x: 120, y: 150, pressure: 1 });
  brush.pointerMove({ x: 240, y: 150, pressure: 0.25 });
  brush.pointerUp({ x: 241, y: 150, pressure: 0 });
  assert.ok(Math.abs(width(90) - 40) <= 1, String(width(90)));
  assert.ok(Math.abs(width(200) - 10) <= 1, String(width(200)));
});

test('a disk follows the pointer until it is let go, and is one gesture of the brush’s size', async () => {
  const { host } = bench();
  host.brushDiameterPx = 20;
  host.drag(new DiskTool(host), [50, 50], [80, 60], [120, 90]);
  const area = host.document.readPlane().filter((label) => label === 2).length;
  assert.ok(Math.abs(area - Math.PI * 100) < 16, String(area));
  assert.equal(host.document.at(120, 90), 2);
  assert.equal(host.document.at(50, 50), 0);
  await host.session.settled();
  assert.equal(host.transport.edits.length, 1);
  assert.deepEqual(host.document.readPlane(), host.transport.labels);
});
