/** A label store in memory with undo and redo, for driving the editor without a server. */

import type { EditAcknowledged, EditHeader, LabelRegion, ObjectRow } from '../../../app/api/types.ts';
import { KEPT } from '../../../app/labels/label.ts';
import type { LabelTransport, RestoredEdit } from '../../../renderer/editor/editSession.ts';

interface StoredEdit {
  editId: number;
  header: EditHeader;
  before: Uint32Array[];
  after: Uint32Array[];
}

export class MemoryTransport implements LabelTransport {
  readonly width: number;
  readonly labels: Uint32Array;
  readonly edits: StoredEdit[] = [];
  readonly undone: StoredEdit[] = [];
  readonly created = new Map<number, ObjectRow>();
  #lastId = 0;
  /** Fails the next requests as a lost connection would. */
  failures = 0;
  refusal: Error | null = null;

  constructor(shape: { y: number; x: number }) {
    this.width = shape.x;
    this.labels = new Uint32Array(shape.y * shape.x);
  }

  isTransient(error: unknown): boolean {
    return error instanceof Error && error.message === 'offline';
  }

  sendEdit(imageId: number, header: EditHeader, pixels: Uint32Array[]): Promise<EditAcknowledged> {
    if (this.failures > 0) {
      this.failures--;
      return Promise.reject(new Error('offline'));
    }
    if (this.refusal) return Promise.reject(this.refusal);
    const before = header.regions.map((region) => this.#read(region));
    for (const [i, region] of header.regions.entries()) this.#write(region, pixels[i]!);
    this.#lastId++;
    this.edits.push({ editId: this.#lastId, header, before, after: pixels });
    this.undone.length = 0;
    for (const { label, classId, isRegion } of header.created) {
      const row = { imageId, label, classId, isRegion: isRegion ?? false };
      this.created.set(label, { ...row, name: null, colour: null, locked: false, pixels: 0 });
    }
    return Promise.resolve(this.#acknowledge());
  }

  undo(): Promise<RestoredEdit | null> {
    const edit = this.edits.pop();
    if (!edit) return Promise.resolve(null);
    this.undone.push(edit);
    return Promise.resolve(this.#apply(edit, edit.before));
  }

  redo(): Promise<RestoredEdit | null> {
    const edit = this.undone.pop();
    if (!edit) return Promise.resolve(null);
    this.edits.push(edit);
    return Promise.resolve(this.#apply(edit, edit.after));
  }

  #apply({ editId, header }: StoredEdit, pixels: Uint32Array[]): RestoredEdit {
    for (const [i, region] of header.regions.entries()) this.#write(region, pixels[i]!);
    const { t, z, kind, regions } = header;
    const labels = regions.map((region) => this.#read(region));
    return { editId, t, z, kind, regions, pixels: labels, acknowledged: this.#acknowledge() };
  }

  #acknowledge(): EditAcknowledged {
    const rows = [...this.created.values()].map((row) => ({
      ...row,
      pixels: this.labels.filter((label) => label === row.label).length,
    }));
    return {
      editId: this.edits.at(-1)?.editId ?? 0,
      canUndo: this.edits.length > 0,
      canRedo: this.undone.length > 0,
      objects: rows.filter((row) => row.pixels > 0),
      removed: rows.filter((row) => row.pixels === 0).map((row) => row.label),
    };
  }

  #read(region: LabelRegion): Uint32Array {
    const out = new Uint32Array(region.w * region.h);
    for (let i = 0; i < out.length; i++) out[i] = this.labels[this.#index(region, i)]!;
    return out;
  }

  #write(region: LabelRegion, pixels: Uint32Array): void {
    for (let i = 0; i < pixels.length; i++)
      if (pixels[i] !== KEPT) this.labels[this.#index(region, i)] = pixels[i]!;
  }

  #index(region: LabelRegion, i: number): number {
    return (region.y + Math.floor(i / region.w)) * this.width + region.x + (i % region.w);
  }
}
