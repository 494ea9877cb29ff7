/** Turns pointer and wheel events on the canvas into panning, zooming and tool gestures. */

import type { PointerSample } from '../editor/tools/tool.ts';
import { cancelGesture, currentTool } from '../state/tools.ts';
import { SIZED_TOOLS, setBrushSize, usePointerPixel, useWorkspace, viewport } from '../state/workspace.ts';

/** Listens on `element`; `redrawFront` is called when cursor ring or tool outline have moved. Returns the way to stop. */
export function listenToPointer(element: HTMLElement, redrawFront: () => void): () => void {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  let panFrom: { x: number; y: number } | null = null;
  /** Alt and a drag change the brush's size: where the drag began and the size then. */
  let sizeFrom: { x: number; size: number } | null = null;
  let spaceHeld = false;
  const touches = new Map<number, { x: number; y: number }>();

  const local = (event: MouseEvent) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const sampleOf = (event: PointerEvent): PointerSample => {
    const { x, y } = viewport.toImage(local(event));
    // A pen tells how hard it presses, other pointers do not.
    const pressure = event.pointerType === 'pen' ? event.pressure : 1;
    return { x, y, pressure, alternate: event.altKey };
  };
  const noteCursor = (event: MouseEvent) => {
    const at = local(event);
    const image = viewport.toImage(at);
    usePointerPixel.setState({ pixel: { x: Math.round(image.x), y: Math.round(image.y) } });
    cursor.at = at;
    redrawFront();
  };
  const isPan = (event: PointerEvent) =>
    event.button === 1 || (event.button === 0 && (spaceHeld || useWorkspace.getState().tool === 'hand'));
  const setCursor = () => {
    const hand = spaceHeld || useWorkspace.getState().tool === 'hand';
    element.style.cursor = panFrom ? 'grabbing' : hand ? 'grab' : 'crosshair';
  };

  element.addEventListener(
    'pointerdown',
    (event) => {
      // Sliders and the minimap lie on the canvas and have pointers of their own.
      if (event.target instanceof Element && event.target.closest('.canvas-control')) return;
      element.focus({ preventScroll: true });
      element.setPointerCapture(event.pointerId);
      if (event.pointerType === 'touch') touches.set(event.pointerId, local(event));
      if (touches.size === 2) {
        cancelGesture();
        return;
      }
      if (isPan(event)) {
        event.preventDefault();
        panFrom = local(event);
      } else if (event.button === 0 && event.altKey && SIZED_TOOLS.has(useWorkspace.getState().tool)) {
        event.preventDefault();
        sizeFrom = { x: local(event).x, size: useWorkspace.getState().brushSize };
      } else if (event.button === 0) currentTool()?.pointerDown(sampleOf(event));
      noteCursor(event);
      setCursor();
    },
    options,
  );
  element.addEventListener(
    'pointermove',
    (event) => {
      if (touches.has(event.pointerId) && touches.size === 2) {
        pinch(touches, event.pointerId, local(event));
        return;
      }
      if (sizeFrom) {
        setBrushSize(sizeFrom.size + (2 * (local(event).x - sizeFrom.x)) / viewport.scale);
        // The ring stays where the drag began, so that it can be compared with what lies there.
        redrawFront();
        return;
      }
      if (panFrom) {
        const at = local(event);
        viewport.panBy(at.x - panFrom.x, at.y - panFrom.y);
        panFrom = at;
      } else {
        const tool = currentTool();
        if (tool?.active) {
          const coalesced = event.getCoalescedEvents();
          for (const part of coalesced.length > 0 ? coalesced : [event]) tool.pointerMove(sampleOf(part));
        }
      }
      noteCursor(event);
    },
    options,
  );
  const release = (event: PointerEvent) => {
    touches.delete(event.pointerId);
    if (sizeFrom) sizeFrom = null;
    else if (panFrom) panFrom = null;
    else if (event.type === 'pointercancel') cancelGesture();
    else if (event.button === 0) currentTool()?.pointerUp(sampleOf(event));
    setCursor();
    redrawFront();
  };
  element.addEventListener('pointerup', release, options);
  element.addEventListener('pointercancel', release, options);
  element.addEventListener(
    'dblclick',
    () => {
      currentTool()?.finish();
      redrawFront();
    },
    options,
  );
  element.addEventListener(
    'pointerleave',
    () => {
      cursor.at = null;
      usePointerPixel.setState({ pixel: null });
      redrawFront();
    },
    options,
  );
  element.addEventListener('pointerenter', setCursor, options);
  element.addEventListener('contextmenu', (event) => event.preventDefault(), options);
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      // A trackpad's two-finger scroll has small steps in both directions; a pinch arrives as wheel with Ctrl.
      const isTrackpadScroll = !event.ctrlKey && event.deltaMode === 0 && event.deltaX !== 0;
      if (isTrackpadScroll) viewport.panBy(-event.deltaX, -event.deltaY);
      else {
        const lines = event.deltaMode === 1 ? event.deltaY * 33 : event.deltaY;
        const speed = event.ctrlKey ? 0.01 : 0.0022;
        viewport.zoomAt(local(event), Math.exp(-Math.max(-300, Math.min(300, lines)) * speed));
      }
      noteCursor(event);
    },
    { ...options, passive: false },
  );
  window.addEventListener(
    'keydown',
    (event) => {
      if (event.code !== 'Space' || isTyping(event.target)) return;
      // Over the image Space is the hand, whatever was clicked last; elsewhere it presses the focused control.
      if (cursor.at === null && event.target instanceof HTMLElement && event.target.closest('button,a,input'))
        return;
      event.preventDefault();
      spaceHeld = true;
      setCursor();
    },
    options,
  );
  window.addEventListener(
    'keyup',
    (event) => {
      if (event.code !== 'Space' || !spaceHeld) return;
      event.preventDefault();
      spaceHeld = false;
      setCursor();
    },
    options,
  );
  const unfollow = useWorkspace.subscribe(() => {
    setCursor();
    redrawFront();
  });
  return () => {
    unfollow();
    stop.abort();
  };
}

/** Where the pointer is on the canvas, for the cursor ring; null outside. */
export const cursor: { at: { x: number; y: number } | null } = { at: null };

/** True while keys belong to a text field. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'range', 'button'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target.isContentEditable;
}

function pinch(
  touches: Map<number, { x: number; y: number }>,
  pointerId: number,
  to: { x: number; y: number },
): void {
  const from = touches.get(pointerId);
  const other = [...touches].find(([id]) => id !== pointerId)?.[1];
  if (!from || !other) return;
  const before = Math.hypot(from.x - other.x, from.y - other.y);
  const after = Math.hypot(to.x - other.x, to.y - other.y);
  viewport.panBy((to.x - from.x) / 2, (to.y - from.y) / 2);
  if (before > 0) viewport.zoomAt({ x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 }, after / before);
  touches.set(pointerId, to);
}
