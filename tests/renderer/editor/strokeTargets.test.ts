import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StrokeTarget } from '../../../renderer/editor/paintTarget.ts';
import { StrokeTool } from '../../../renderer/editor/tools/strokeTool.ts';
import type { ToolHost } from '../../../renderer/editor/tools/tool.ts';
import { PaintingBench } from './painting.ts';

/** A bench whose strokes go where they are told, with a selected object. */
class TargetBench extends PaintingBench {
  strokes: StrokeTarget = 'auto';
  selectedLabel: number | null = null;

  override targetAt(...[point, mode]: Parameters<ToolHost['targetAt']>) {
    const { paintClass, protectObjects, onlyUnlabelled, strokes, selectedLabel } = this;
    const settings = { mode, paintClass, protectObjects, onlyUnlabelled, strokes, selectedLabel };
    return this.session.targetAt(point, settings);
  }
}

test('new: a stroke that starts on an object is another one; extend: one that starts on free ground joins the selected', async () => {
  const host = new TargetBench({ y: 60, x: 120 });
  const brush = new StrokeTool('brush', host, null);
  host.drag(brush, [20, 20], [40, 20]);
  host.strokes = 'new';
  host.drag(brush, [40, 20], [60, 20]);
  assert.deepEqual([host.document.at(30, 20), host.document.at(40, 20), host.document.at(60, 20)], [2, 2, 3]);
  host.strokes = 'extend';
  host.drag(brush, [90, 40]);
  assert.deepEqual(host.refusals, ['nothing-to-extend']);
  assert.equal(host.document.at(90, 40), 0);
  host.selectedLabel = 2;
  host.drag(brush, [90, 40]);
  host.drag(brush, [60, 20], [80, 20]);
  assert.deepEqual([host.document.at(90, 40), host.document.at(80, 20)], [2, 3]);
  host.selectedLabel = 99;
  host.drag(brush, [20, 50]);
  assert.equal(host.document.at(20, 50), 0, 'an object that is not there');
  host.strokes = 'auto';
  host.drag(brush, [20, 50]);
  assert.equal(host.document.at(20, 50), 4);
});
