/** The painting tools of the page, one of each, on the shared tool host. */

import { DiskTool } from '../editor/tools/diskTool.ts';
import { DragShapeTool } from '../editor/tools/dragShapeTool.ts';
import { FillTool } from '../editor/tools/fillTool.ts';
import { MergeTool } from '../editor/tools/mergeTool.ts';
import { type Picked, PickTool } from '../editor/tools/pickTool.ts';
import { LassoTool, PolygonTool } from '../editor/tools/shapeTool.ts';
import { SmartBrushTool } from '../editor/tools/smartBrushTool.ts';
import { SplitTool } from '../editor/tools/splitTool.ts';
import { StrokeTool } from '../editor/tools/strokeTool.ts';
import type { Tool } from '../editor/tools/tool.ts';
import { WandTool } from '../editor/tools/wandTool.ts';
import { ZoomTool } from '../editor/tools/zoomTool.ts';
import { AcceptTool } from './acceptTool.ts';
import { toolHost } from './editing.ts';
import { selectLabel, type ToolName, updateWorkspace, useWorkspace, viewport } from './workspace.ts';

const CLOSE_DISTANCE_SCREEN_PX = 10;

/** A shorter drag of the zoom tool is a click. */
const LEAST_SPAN_SCREEN_PX = 6;

const tools: Record<Exclude<ToolName, 'hand'>, Tool> = {
  brush: new StrokeTool('brush', toolHost, null),
  eraser: new StrokeTool('eraser', toolHost, 'unlabelled'),
  disk: new DiskTool(toolHost),
  polygon: new PolygonTool(toolHost, () => CLOSE_DISTANCE_SCREEN_PX / viewport.scale),
  lasso: new LassoTool(toolHost),
  box: new DragShapeTool('box', toolHost),
  ellipse: new DragShapeTool('ellipse', toolHost),
  fill: new FillTool(toolHost),
  wand: new WandTool(toolHost),
  smart: new SmartBrushTool(toolHost),
  split: new SplitTool(toolHost),
  merge: new MergeTool(toolHost),
  pick: new PickTool(toolHost, takeOver),
  zoom: new ZoomTool({
    zoomAt: (point, factor) => viewport.zoomAt(viewport.toScreen(point), factor),
    showArea: (area) => viewport.showArea(area),
    leastSpan: () => LEAST_SPAN_SCREEN_PX / viewport.scale,
  }),
  accept: new AcceptTool(),
};

/** The brush goes on with what was picked: the object's class and kind, background, or unlabelled ground. */
function takeOver(picked: Picked): void {
  if (picked === 0 || picked === 1) {
    updateWorkspace({ paintMode: picked === 0 ? 'unlabelled' : 'background' });
    return;
  }
  updateWorkspace({ paintMode: picked.isRegion ? 'region' : 'object', classId: picked.classId });
  selectLabel(picked.label);
}

/** The tool in hand; null for the hand itself. */
export function currentTool(): Tool | null {
  const { tool } = useWorkspace.getState();
  return tool === 'hand' ? null : tools[tool];
}

/** Takes back whatever gesture is in the air. */
export function cancelGesture(): void {
  for (const tool of Object.values(tools)) if (tool.active) tool.cancel();
}

/** Takes a tool in hand. */
export function chooseTool(tool: ToolName): void {
  cancelGesture();
  updateWorkspace({ tool });
}
