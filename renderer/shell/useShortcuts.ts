/** Keys of the workstation; letters act wherever no text is being typed. */

import { useEffect } from 'react';
import { isTyping } from '../canvas/pointerInput.ts';
import { redo, undo } from '../state/editing.ts';
import { cancelGesture, chooseTool, currentTool } from '../state/tools.ts';
import { stepBrushSize, type ToolName, updateWorkspace, useWorkspace, viewport } from '../state/workspace.ts';
import { showShortcuts } from './Palette.tsx';

const TOOL_KEYS: Readonly<Record<string, ToolName>> = {
  b: 'brush',
  e: 'eraser',
  p: 'polygon',
  l: 'lasso',
  f: 'fill',
  h: 'hand',
};

export function useShortcuts(): void {
  useEffect(() => {
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function onKey(event: KeyboardEvent): void {
  if (isTyping(event.target) || event.defaultPrevented) return;
  const handled = event.ctrlKey || event.metaKey ? withControl(event) : plain(event);
  if (handled) event.preventDefault();
}

function withControl(event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  if (key === 'z' && event.shiftKey) redo();
  else if (key === 'z') {
    // What is in the air goes first; a stored stroke only if nothing is.
    if (currentTool()?.active) cancelGesture();
    else undo();
  } else if (key === 'y') redo();
  else return false;
  return true;
}

function plain(event: KeyboardEvent): boolean {
  if (event.altKey) return false;
  const state = useWorkspace.getState();
  const tool = TOOL_KEYS[event.key.toLowerCase()];
  if (tool) {
    chooseTool(tool);
    return true;
  }
  switch (event.key) {
    case '[':
      stepBrushSize(-1);
      return true;
    case ']':
      stepBrushSize(1);
      return true;
    case 'Escape':
      cancelGesture();
      updateWorkspace({});
      return false;
    case 'Enter':
      if (!currentTool()?.active) return false;
      currentTool()?.finish();
      updateWorkspace({});
      return true;
    case '0':
      viewport.fit();
      return true;
    case '1':
      viewport.showActualSize();
      return true;
    case '+':
    case '=':
      zoom(1.25);
      return true;
    case '-':
      zoom(0.8);
      return true;
    case 'x':
      updateWorkspace({ paintMode: state.paintMode === 'object' ? 'background' : 'object' });
      return true;
    case 'm':
      updateWorkspace({ showLabels: !state.showLabels });
      return true;
    case 'w':
      updateWorkspace({ showWeightMap: !state.showWeightMap });
      return true;
    case 'o':
      updateWorkspace({ showPrediction: !state.showPrediction });
      return true;
    case '?':
      showShortcuts();
      return true;
    case 'Tab':
      // Only from the canvas, so that Tab still walks through the controls; Shift Tab leaves the canvas.
      if (event.shiftKey || !(document.activeElement?.classList.contains('canvas') ?? false)) return false;
      updateWorkspace({ panelsHidden: !state.panelsHidden });
      return true;
    default:
      return false;
  }
}

function zoom(factor: number): void {
  const { width, height } = viewport.size;
  viewport.zoomAt({ x: width / 2, y: height / 2 }, factor);
}
