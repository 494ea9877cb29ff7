/** Keys of the workstation; letters act wherever no text is being typed. */

import { useEffect } from 'react';
import { isTyping } from '../canvas/pointerInput.ts';
import { type PaintMode, STROKE_TARGETS } from '../editor/paintTarget.ts';
import { type Command, runCommand } from '../state/commands.ts';
import { redo, undo } from '../state/editing.ts';
import { deleteSelected, toggleSelectedVisibility } from '../state/objects.ts';
import { stepReview } from '../state/review.ts';
import { cancelGesture, chooseTool, currentTool } from '../state/tools.ts';
import { stepBrushSize, type ToolName, updateWorkspace, useWorkspace } from '../state/workspace.ts';

const TOOL_KEYS: Readonly<Record<string, ToolName>> = {
  b: 'brush',
  e: 'eraser',
  d: 'disk',
  p: 'polygon',
  l: 'lasso',
  r: 'box',
  c: 'ellipse',
  f: 'fill',
  a: 'wand',
  s: 'split',
  j: 'merge',
  i: 'pick',
  z: 'zoom',
  t: 'accept',
  h: 'hand',
};

/** With Shift held. */
const SHIFT_TOOL_KEYS: Readonly<Record<string, ToolName>> = { b: 'smart' };

const MODE_KEYS: Readonly<Record<string, PaintMode>> = {
  n: 'object',
  q: 'region',
  k: 'background',
  u: 'unlabelled',
};

const COMMAND_KEYS: Readonly<Record<string, Command>> = {
  0: 'fit',
  1: 'actual-size',
  '+': 'zoom-in',
  '=': 'zoom-in',
  '-': 'zoom-out',
  g: 'history',
  m: 'toggle-labels',
  w: 'toggle-weight-map',
  o: 'toggle-prediction',
  '?': 'shortcuts',
};

const SHIFT_KEYS: Readonly<Record<string, Command>> = {
  PageDown: 'copy-to-next-z',
  ArrowRight: 'copy-to-next-t',
};

export function useShortcuts(): void {
  useEffect(() => {
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function onKey(event: KeyboardEvent): void {
  if (isTyping(event.target) || event.defaultPrevented || isModalOpen()) return;
  const handled = event.ctrlKey || event.metaKey ? withControl(event) : plain(event);
  if (handled) event.preventDefault();
}

/** Under a dialog the workstation rests: no key may change there what cannot be seen. */
function isModalOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}

function withControl(event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  if (key === 'z' && event.shiftKey) redo();
  else if (key === 'z') {
    // What is in the air goes first; a stored stroke only if nothing is.
    if (currentTool()?.active) cancelGesture();
    else undo();
  } else if (key === 'y') redo();
  else if (key === 'b') runCommand('all-images');
  else return false;
  return true;
}

function plain(event: KeyboardEvent): boolean {
  if (event.altKey) return false;
  const state = useWorkspace.getState();
  const shifted = event.shiftKey ? SHIFT_KEYS[event.key] : undefined;
  if (shifted) {
    runCommand(shifted);
    return true;
  }
  const letter = event.key.toLowerCase();
  const tool = (event.shiftKey ? SHIFT_TOOL_KEYS[letter] : undefined) ?? TOOL_KEYS[letter];
  if (tool) {
    chooseTool(tool);
    return true;
  }
  if (event.shiftKey && letter === 'n') {
    const next = (STROKE_TARGETS.indexOf(state.strokes) + 1) % STROKE_TARGETS.length;
    updateWorkspace({ paintMode: 'object', strokes: STROKE_TARGETS[next] ?? 'auto' });
    return true;
  }
  const paintMode = MODE_KEYS[event.key.toLowerCase()];
  if (paintMode) {
    updateWorkspace({ paintMode });
    return true;
  }
  const command = COMMAND_KEYS[event.key];
  if (command) {
    runCommand(command);
    return true;
  }
  switch (event.key) {
    case '[':
      stepBrushSize(-1);
      return true;
    case ']':
      stepBrushSize(1);
      return true;
    case '.':
      void stepReview(1);
      return true;
    case ',':
      void stepReview(-1);
      return true;
    case 'Escape':
      cancelGesture();
      updateWorkspace({ reviewPlace: null });
      return false;
    case 'Enter':
      if (!currentTool()?.active) return false;
      currentTool()?.finish();
      updateWorkspace({});
      return true;
    case 'x':
      updateWorkspace({ paintMode: state.paintMode === 'object' ? 'background' : 'object' });
      return true;
    case 'Delete':
      deleteSelected();
      return true;
    case 'v':
      toggleSelectedVisibility();
      return true;
    case 'y':
      updateWorkspace({ onlyUnlabelled: !state.onlyUnlabelled });
      return true;
    case 'Tab':
      // Only from the canvas, so that Tab still walks through the controls; Shift Tab leaves the canvas.
      if (event.shiftKey || !(document.activeElement?.classList.contains('canvas') ?? false)) return false;
      runCommand('toggle-panels');
      return true;
    default:
      return false;
  }
}
