/** Tools that act on whole objects or on grey values: box and ellipse, split, merge, magic wand. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitObject } from '../../../renderer/editor/splitObject.ts';
import { DragShapeTool } from '../../../renderer/editor/tools/dragShapeTool.ts';
import { MergeTool } from '../../../renderer/editor/tools/mergeTool.ts';
import { SplitTool } from '../../../renderer/editor/tools/splitTool.ts';
import { WandTool } from '../../../renderer/editor/tools/wandTool.ts';
import { membrane, PaintingBench } from './painting.ts';

const shape = { y: 300, x: 400 };

function bench() {
  const host = new PaintingBench(shape);
  const area = (label: number): number => host.document.readPlane().filter((value) => value === label).length;
  return { host, area, box: new DragShapeTool('box', host), ellipse: new DragShapeTool('ellipse', host) };
}

test('box and ellipse paint what lies inside, in any direction of the drag', async () => {
  const { host, area, box, ellipse } = bench();
  host.drag(box, [59.5, 49.5], [19.5, 29.5]);
  assert.equal(area(2), 40 * 20);
  host.drag(ellipse, [100, 100], [180, 140]);
  assert.ok(Math.abs(area(3) - Math.PI * 40 * 20) < 0.01 * Math.PI * 40 * 20, String(area(3)));
  assert.equal(host.document.at(140, 120), 3);
  assert.equal(host.document.at(102, 102), 0, 'the corner of its box stays free');
  await host.session.settled();
  assert.deepEqual(
    host.transport.edits.map(({ header }) => header.kind),
    ['box', 'ellipse'],
  );
});

test('split cuts an object from edge to edge, keeps every pixel, and is one step of undo', async () => {
  const { host, area, box } = bench();
  host.drag(box, [19.5, 19.5], [119.5, 59.5]);
  const before = area(2);
  host.drag(new SplitTool(host), [80, 10], [80, 70]);
  assert.equal(host.document.at(30, 40), 2, 'the larger part keeps its number');
  assert.equal(host.document.at(110, 40), 3);
  assert.equal(area(2) + area(3), before);
  await host.session.settled();
  assert.deepEqual(host.document.readPlane(), host.transport.labels);
  assert.equal(host.transport.created.get(3)?.classId, 1, 'the piece is of the same class');
  await host.session.undo();
  assert.equal(area(2), before);
  assert.equal(host.session.objects.length, 1);
});

test('split refuses a line that ends inside, misses, or meets a locked object or a region', () => {
  const { host, area, box } = bench();
  const split = new SplitTool(host);
  host.drag(box, [19.5, 19.5], [119.5, 59.5]);
  host.drag(split, [80, 10], [80, 40]);
  host.drag(split, [200, 10], [200, 40]);
  host.session.setObjects(host.session.objects.map((row) => ({ ...row, locked: true })));
  host.drag(split, [80, 10], [80, 70]);
  host.paintClass = membrane;
  host.drag(box, [19.5, 119.5], [119.5, 159.5]);
  host.drag(split, [80, 110], [80, 170]);
  assert.deepEqual(host.refusals, ['not-split', 'no-object', 'locked', 'is-region']);
  assert.equal(area(2), 100 * 40);
});

test('merge joins the objects that the line crosses under the number of the first', async () => {
  const { host, area, box } = bench();
  const merge = new MergeTool(host);
  host.drag(box, [19.5, 19.5], [39.5, 39.5]);
  host.drag(box, [39.5, 19.5], [59.5, 39.5]);
  host.drag(box, [99.5, 19.5], [119.5, 39.5]);
  host.drag(merge, [25, 30], [50, 30]);
  assert.equal(area(2), 2 * 400);
  assert.equal(area(4), 400, 'what the line does not meet stays');
  host.drag(merge, [110, 30], [112, 30]);
  host.drag(merge, [200, 200], [210, 200]);
  assert.deepEqual(host.refusals, ['one-object', 'no-object']);
  await host.session.settled();
  assert.deepEqual(host.document.readPlane(), host.transport.labels);
  await host.session.undo();
  assert.equal(area(3), 400);
});

test('merge and wand leave a locked object as it is, and say why', () => {
  const { host, area, box } = bench();
  host.drag(box, [19.5, 19.5], [39.5, 39.5]);
  host.drag(box, [39.5, 19.5], [59.5, 39.5]);
  host.session.setObjects(host.session.objects.map((row) => ({ ...row, locked: row.label === 3 })));
  host.drag(new MergeTool(host), [25, 30], [50, 30]);
  host.grey = { area: { x: 0, y: 0, w: shape.x, h: shape.y }, at: () => 7, window: 1000 };
  host.drag(new WandTool(host), [50, 30]);
  assert.deepEqual(host.refusals, ['locked', 'locked']);
  assert.deepEqual([area(2), area(3), area(0)], [400, 400, shape.x * shape.y - 800]);
});

test('the wand takes connected pixels of a grey value; a drag to the right takes in more', async () => {
  const { host, area } = bench();
  // Two bright squares on a ramp that rises by one grey value a pixel.
  const at = (x: number, y: number): number => {
    const inside = (left: number) => x >= left && x < left + 30 && y >= 50 && y < 80;
    return inside(50) || inside(200) ? 1000 : x;
  };
  host.grey = { area: { x: 0, y: 0, w: shape.x, h: shape.y }, at, window: 1000 };
  const wand = new WandTool(host);
  host.drag(wand, [60, 60]);
  assert.equal(area(2), 30 * 30, 'the other square is not connected');
  host.drag(wand, [300, 200]);
  assert.equal(host.document.at(300 - 150, 200), 3);
  assert.equal(host.document.at(300 - 151, 200), 0, 'beyond 15 % of the window');
  await host.session.undo();
  host.drag(wand, [300, 200], [320, 200]);
  assert.equal(host.document.at(300 - 250, 200), 4, '25 % after a drag of a tenth of half the view');
  assert.equal(host.document.at(300 - 251, 200), 0);
  host.grey = null;
  host.drag(wand, [10, 10]);
  assert.deepEqual(host.refusals, ['pixels-loading']);
});

test('whatever the path, the pieces of an object are connected, apart, and hold all of its pixels', () => {
  const coordinate = fc.integer({ min: 0, max: 19 });
  const path = fc.array(fc.record({ x: coordinate, y: coordinate }), { maxLength: 60 });
  fc.assert(
    fc.property(path, (cut) => {
      const runs: [number, number, number][] = Array.from({ length: 12 }, (_, y) => [y + 4, 3, 17]);
      const pieces = splitObject(runs, cut);
      const seen = new Set<string>();
      let pixels = 0;
      for (const piece of pieces) {
        for (const [y, x0, x1] of piece) {
          for (let x = x0; x <= x1; x++) {
            seen.add(`${x},${y}`);
            pixels++;
          }
        }
      }
      assert.equal(seen.size, pixels, 'no pixel twice');
      const cutAll = new Set(cut.map(({ x, y }) => `${x},${y}`)).size >= 12 * 15;
      if (!cutAll && pieces.length > 0) assert.equal(pixels, 12 * 15);
    }),
  );
});
