/** Drives the tools with pointer positions, as the page does, against a label store in memory. */

import type { ClassRow } from '../../../app/api/types.ts';
import { EditSession } from '../../../renderer/editor/editSession.ts';
import type { PaintMode } from '../../../renderer/editor/paintTarget.ts';
import type { GreyValues, Refusal, Tool, ToolHost } from '../../../renderer/editor/tools/tool.ts';
import { MemoryTransport } from './memoryTransport.ts';

const nucleus: ClassRow = { classId: 1, name: 'nucleus', kind: 'thing', colour: '#56b4e9', position: 1 };
export const membrane: ClassRow = {
  classId: 2,
  name: 'membrane',
  kind: 'stuff',
  colour: '#e69f00',
  position: 2,
};

export class PaintingBench implements ToolHost {
  readonly transport: MemoryTransport;
  readonly session: EditSession;
  readonly refusals: Refusal[] = [];
  readonly refused: unknown[] = [];
  diverged = 0;
  readonly otherPlanes: { t: number; z: number }[] = [];
  brushDiameterPx = 5;
  mode: PaintMode = 'object';
  paintClass = nucleus;
  protectObjects = true;
  onlyUnlabelled = false;
  ready = true;
  grey: GreyValues | null = null;

  constructor(shape: { y: number; x: number }) {
    this.transport = new MemoryTransport(shape);
    this.session = new EditSession({
      imageId: 7,
      shape,
      transport: this.transport,
      objects: [],
      history: { canUndo: false, canRedo: false },
      onState: () => undefined,
      onRefused: (error) => this.refused.push(error),
      onOtherPlane: (t, z) => this.otherPlanes.push({ t, z }),
      onDiverged: () => this.diverged++,
    });
    this.session.document.setBlank();
  }

  get document() {
    return this.session.document;
  }

  targetAt(point: { x: number; y: number }, mode: PaintMode) {
    const { paintClass, protectObjects, onlyUnlabelled } = this;
    return this.session.targetAt(point, { mode, paintClass, protectObjects, onlyUnlabelled });
  }

  objectOf(label: number) {
    return this.session.object(label);
  }

  newObjectsLike(...[like, count]: Parameters<ToolHost['newObjectsLike']>) {
    return this.session.newObjectsLike(like, count);
  }

  greyValues() {
    return this.grey;
  }

  commit(...[gesture, kind, target]: Parameters<ToolHost['commit']>): void {
    this.session.commit(gesture, kind, target);
  }

  refuse(reason: Refusal): void {
    this.refusals.push(reason);
  }

  /** Press, moves and release along the points. */
  drag(tool: Tool, ...points: [number, number][]): void {
    const samples = points.map(([x, y]) => ({ x, y, pressure: 1 }));
    tool.pointerDown(samples[0]!);
    for (const sample of samples.slice(1)) tool.pointerMove(sample);
    tool.pointerUp(samples.at(-1)!);
  }
}
