/** Fill: one click gives connected ground of one label the label of the painting mode. */

import { floodFill } from '../floodFill.ts';
import { PressTool } from './pressTool.ts';
import type { PointerSample, ToolHost } from './tool.ts';

/**
 * Mode object: ground enclosed by one object joins that object (a drawn outline is filled), other enclosed ground becomes a new
 * object; ground open to the image's border is refused. Mode region: the same, but the ground joins the class's region. Mode
 * background: everything connected that is not an object.
 */
export class FillTool extends PressTool {
  override readonly name = 'fill';
  readonly #host: ToolHost;

  constructor(host: ToolHost) {
    super();
    this.#host = host;
  }

  override pointerDown(sample: PointerSample): void {
    const host = this.#host;
    if (!host.ready) {
      host.refuse('loading');
      return;
    }
    const x = Math.round(sample.x);
    const y = Math.round(sample.y);
    const runs: [number, number, number][] = [];
    const ground = floodFill(host.document, x, y, (row, x0, x1) => runs.push([row, x0, x1]));
    if (ground.incomplete) {
      host.refuse('loading');
      return;
    }
    const objects = [...ground.neighbours].filter((label) => label >= 2);
    let target = host.targetAt(sample, host.mode);
    const paintsObjects = host.mode === 'object' || host.mode === 'region';
    if (paintsObjects && host.document.at(x, y) < 2) {
      if (ground.reachesBorder) {
        host.refuse('not-enclosed');
        return;
      }
      const outline = host.mode === 'object' && objects.length === 1 ? objects[0] : undefined;
      if (outline !== undefined) {
        const blocked = host.objectOf(outline)?.locked ? 'locked' : target.blocked;
        target = { ...target, label: outline, created: [], blocked };
      }
    }
    if (target.blocked) {
      host.refuse(target.blocked);
      return;
    }
    const gesture = host.document.beginGesture();
    for (const [row, x0, x1] of runs) gesture.paintRun(row, x0, x1, target.label, target.mayReplace);
    gesture.show();
    host.commit(gesture, this.name, target);
  }
}
