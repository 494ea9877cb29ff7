/** The painting tools of the page, one of each, on the shared tool host. */

import { DragShapeTool } from '../editor/tools/dragShapeTool.ts';
import { FillTool } from '../editor/tools/fillTool.ts';
import { MergeTool } from '../editor/tools/mergeTool.ts';
import { LassoTool, PolygonTool } from '../editor/tools/shapeTool.ts';
import { SplitTool } from '../editor/tools/splitTool.ts';
import { StrokeTool } from '../editor/tools/strokeTool.ts';
import type { Tool } from '../editor/tools/tool.ts';
import { WandTool } from '../editor/tools/wandTool.ts';
import { AcceptTool } from './acceptTool.ts';
import { toolHost } from './editing.ts';
import { type ToolName, updateWorkspace, useWorkspace, viewport } from './workspace.ts';

const CLOSE_DISTANCE_SCREEN_PX = 10;

const tools: Record<Exclude<ToolName, 'hand'>, Tool> = {
  brush: new StrokeTool('brush', toolHost, null),
  eraser: new StrokeTool('eraser', toolHost, 'unlabelled'),
  polygon: new PolygonTool(toolHost, () => CLOSE_DISTANCE_SCREEN_PX / viewport.scale),
  lasso: new LassoTool(toolHost),
  box: new DragShapeTool('box', toolHost),
  ellipse: new DragShapeTool('ellipse', toolHost),
  fill: new FillTool(toolHost),
  wand: new WandTool(toolHost),
  split: new SplitTool(toolHost),
  merge: new MergeTool(toolHost),
  accept: new AcceptTool(),
};

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
