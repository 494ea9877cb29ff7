/** What is protected stays, whatever tool and painting mode: locked objects, and every label where only unlabelled ground is painted. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAINT_MODES } from '../../../renderer/editor/paintTarget.ts';
import { DiskTool } from '../../../renderer/editor/tools/diskTool.ts';
import { DragShapeTool } from '../../../renderer/editor/tools/dragShapeTool.ts';
import { FillTool } from '../../../renderer/editor/tools/fillTool.ts';
import { MergeTool } from '../../../renderer/editor/tools/mergeTool.ts';
import { LassoTool, PolygonTool } from '../../../renderer/editor/tools/shapeTool.ts';
import { SplitTool } from '../../../renderer/editor/tools/splitTool.ts';
import { StrokeTool } from '../../../renderer/editor/tools/strokeTool.ts';
import type { Tool } from '../../../renderer/editor/tools/tool.ts';
import { WandTool } from '../../../renderer/editor/tools/wandTool.ts';
import { PaintingBench } from './painting.ts';

const shape = { y: 120, x: 200 };

/** Two objects side by side (2, 3), a ring (4), and some background. */
function painted(): PaintingBench {
  const host = new PaintingBench(shape);
  host.grey = { area: { x: 0, y: 0, w: shape.x, h: shape.y }, at: () => 7, window: 100 };
  const box = new DragShapeTool('box', host);
  host.drag(box, [19.5, 19.5], [59.5, 59.5]);
  host.drag(box, [59.5, 19.5], [99.5, 59.5]);
  host.drag(box, [119.5, 19.5], [159.5, 59.5]);
  host.mode = 'unlabelled';
  host.drag(box, [129.5, 29.5], [149.5, 49.5]);
  host.mode = 'background';
  host.drag(box, [19.5, 79.5], [99.5, 99.5]);
  host.mode = 'object';
  return host;
}

function allTools(host: PaintingBench): Tool[] {
  return [
    new StrokeTool('brush', host, null),
    new StrokeTool('eraser', host, 'unlabelled'),
    new DiskTool(host),
    new LassoTool(host),
    new PolygonTool(host, () => 5),
    new DragShapeTool('box', host),
    new DragShapeTool('ellipse', host),
    new FillTool(host),
    new WandTool(host),
    new SplitTool(host),
    new MergeTool(host),
  ];
}

/** Uses the tool in every mode from objects, free ground and background. */
function dragEverywhere(host: PaintingBench, tool: Tool): void {
  for (const mode of PAINT_MODES) {
    host.mode = mode;
    for (const start of [
      [40, 40],
      [139, 40],
      [80, 10],
      [50, 90],
    ] as const) {
      const corners: [number, number][] = [
        [start[0], start[1]],
        [90, 40],
        [80, 110],
        [30, 15],
      ];
      if (tool.name === 'polygon') for (const corner of corners) host.drag(tool, corner);
      else host.drag(tool, ...corners);
      tool.finish();
    }
  }
}

test('where only unlabelled ground is painted, no tool in any mode changes a label', () => {
  let changed = 0;
  for (let i = 0; i < allTools(painted()).length; i++) {
    const host = painted();
    const before = host.document.readPlane();
    host.onlyUnlabelled = true;
    host.protectObjects = false;
    const tool = allTools(host)[i]!;
    dragEverywhere(host, tool);
    const after = host.document.readPlane();
    const lost = before.findIndex((label, at) => label !== 0 && after[at] !== label);
    assert.equal(lost, -1, `${tool.name} changed a label`);
    if (after.some((label, at) => label !== before[at])) changed++;
  }
  assert.equal(changed, 8, 'all but eraser, split and merge still paint free ground');
});

test('the eraser, split and merge say why they do nothing there', () => {
  const host = painted();
  host.onlyUnlabelled = true;
  for (const tool of [
    new StrokeTool('eraser', host, 'unlabelled'),
    new SplitTool(host),
    new MergeTool(host),
  ]) {
    host.drag(tool, [40, 10], [40, 40], [40, 70]);
  }
  assert.deepEqual(host.refusals, ['only-unlabelled', 'only-unlabelled', 'only-unlabelled']);
});

test('locked objects neither lose nor win a pixel by any tool in any mode', () => {
  for (let i = 0; i < allTools(painted()).length; i++) {
    const host = painted();
    host.session.setObjects(host.session.objects.map((row) => ({ ...row, locked: true })));
    host.protectObjects = false;
    const before = host.document.readPlane();
    const tool = allTools(host)[i]!;
    dragEverywhere(host, tool);
    const after = host.document.readPlane();
    for (const label of [2, 3, 4]) {
      const differs = before.findIndex((old, at) => (old === label) !== (after[at] === label));
      assert.equal(differs, -1, `${tool.name} changed object ${label}`);
    }
  }
});

test('mode region gives every stroke of a class one region, also a class of things, beside its objects', async () => {
  const host = painted();
  const brush = new StrokeTool('brush', host, null);
  host.mode = 'region';
  host.drag(brush, [40, 40], [40, 8]);
  host.drag(brush, [180, 20]);
  const region = host.document.at(180, 20);
  assert.equal(host.document.at(40, 10), region);
  assert.equal(host.document.at(40, 40), 2, 'a stroke from an object does not paint it over');
  assert.deepEqual(
    host.session.objects.map((row) => [row.label, row.isRegion]),
    [
      [2, false],
      [3, false],
      [4, false],
      [region, true],
    ],
  );
  host.mode = 'object';
  host.drag(brush, [180, 100]);
  assert.notEqual(host.document.at(180, 100), region, 'objects stay objects');
  await host.session.settled();
  assert.deepEqual(host.document.readPlane(), host.transport.labels);
});
