/** Editing one image: the label document of the plane on view, its objects, the undo state and the queue to the store; no DOM. */

import type { ClassRow, EditAcknowledged, EditHeader, EditHistory, ObjectRow } from '../../app/api/types.ts';
import { EditQueue, type SaveState } from './editQueue.ts';
import type { Gesture } from './gesture.ts';
import { LabelDocument } from './labelDocument.ts';
import type { PixelRect, PlaneShape } from './paintableTiles.ts';
import {
  type CreatedObject,
  type PaintMode,
  type PaintTarget,
  resolvePaintTarget,
  type StrokeTarget,
} from './paintTarget.ts';
import type { Point } from './rasterise.ts';
import { type RecentGesture, RecentGestures } from './recentGestures.ts';

/** What undo or redo brings back. */
export interface RestoredEdit {
  editId: number;
  t: number;
  z: number;
  kind: string;
  regions: PixelRect[];
  pixels: Uint32Array[];
  acknowledged: EditAcknowledged;
}

/** The way to the store; over HTTP in the page, in memory in tests. */
export interface LabelTransport {
  sendEdit(imageId: number, header: EditHeader, pixels: Uint32Array[]): Promise<EditAcknowledged>;
  undo(imageId: number): Promise<RestoredEdit | null>;
  redo(imageId: number): Promise<RestoredEdit | null>;
  isTransient(error: unknown): boolean;
}

export interface SessionState {
  save: SaveState;
  canUndo: boolean;
  canRedo: boolean;
  objects: readonly ObjectRow[];
}

export interface EditSessionOptions {
  imageId: number;
  shape: PlaneShape;
  transport: LabelTransport;
  objects: readonly ObjectRow[];
  history: EditHistory;
  onState(state: SessionState): void;
  onRefused(error: unknown): void;
  /** Undo or redo changed another plane than the one on view: show it. */
  onOtherPlane(t: number, z: number): void;
  /** What was shown is not what the store did: load the plane anew. */
  onDiverged(): void;
}

/** Settings of the painting tools at the moment a gesture starts. */
export interface PaintSettings {
  mode: PaintMode;
  paintClass: ClassRow;
  protectObjects: boolean;
  onlyUnlabelled: boolean;
  /** Default: by where a stroke starts. */
  strokes?: StrokeTarget;
  selectedLabel?: number | null;
}

export class EditSession {
  readonly imageId: number;
  readonly shape: PlaneShape;
  readonly #options: EditSessionOptions;
  readonly #queue: EditQueue;
  readonly #objects = new Map<number, ObjectRow>();
  #list: readonly ObjectRow[] | null = null;
  readonly #recent = new RecentGestures();
  #document: LabelDocument;
  #plane = { t: 0, z: 0 };
  #nextLabel = 2;
  #state: Omit<SessionState, 'objects'>;
  #historyPending = 0;

  constructor(options: EditSessionOptions) {
    this.imageId = options.imageId;
    this.shape = options.shape;
    this.#options = options;
    this.#state = { save: 'saved', ...options.history };
    this.#document = new LabelDocument(options.shape);
    this.#queue = new EditQueue({
      isTransient: (error) => options.transport.isTransient(error),
      onState: (save) => this.#publish({ save }),
      onRefused: (error) => {
        this.#recent.clear();
        options.onRefused(error);
      },
    });
    this.setObjects(options.objects);
  }

  get document(): LabelDocument {
    return this.#document;
  }

  get plane(): { t: number; z: number } {
    return this.#plane;
  }

  /** Gestures that the store has not acknowledged. */
  get pending(): number {
    return this.#queue.pending;
  }

  /** Undo or redo is under way: painting waits, so that page and store agree on the order. */
  get restoring(): boolean {
    return this.#historyPending > 0;
  }

  /** The same array for as long as no object changes, so that whoever lists them sees that. */
  get objects(): readonly ObjectRow[] {
    this.#list ??= [...this.#objects.values()];
    return this.#list;
  }

  get state(): SessionState {
    return { ...this.#state, objects: this.objects };
  }

  /** Goes to another plane with an empty document, whose tiles the caller loads. */
  showPlane(t: number, z: number): LabelDocument {
    this.#plane = { t, z };
    this.#document = new LabelDocument(this.shape);
    return this.#document;
  }

  setObjects(rows: readonly ObjectRow[]): void {
    this.#objects.clear();
    this.#list = null;
    for (const row of rows) {
      this.#put(row);
      // Never counts down, so that an undone object's number is not given to another one.
      this.#nextLabel = Math.max(this.#nextLabel, row.label + 1);
    }
    this.#publish({});
  }

  /** The store has been changed by others: objects and history as they are now; the caller reloads the plane. */
  follow(rows: readonly ObjectRow[], history: EditHistory): void {
    this.#recent.clear();
    this.setObjects(rows);
    this.#publish(history);
  }

  /** The label and rule of a gesture that starts at `point`. */
  targetAt(point: Point, settings: PaintSettings): PaintTarget {
    const { paintClass, mode } = settings;
    const paintsRegion = mode === 'region' || paintClass.kind === 'stuff';
    const region = this.objects.find((row) => row.isRegion && row.classId === paintClass.classId);
    return resolvePaintTarget({
      mode,
      startLabel: this.#document.at(Math.round(point.x), Math.round(point.y)),
      nextLabel: this.#nextLabel,
      classId: paintClass.classId,
      regionLabel: paintsRegion ? (region?.label ?? this.#nextLabel) : null,
      regionExists: region !== undefined,
      protectObjects: settings.protectObjects,
      onlyUnlabelled: settings.onlyUnlabelled,
      strokes: settings.strokes,
      // An object that is no more cannot be extended.
      selectedLabel: this.#objects.has(settings.selectedLabel ?? 0) ? settings.selectedLabel : null,
      isLocked: (label) => this.#objects.get(label)?.locked ?? false,
    });
  }

  /** The row of an object of this image. */
  object(label: number): ObjectRow | undefined {
    return this.#objects.get(label);
  }

  /** Objects to come that are of the same class as `like`: numbers that no other object has. */
  newObjectsLike(like: ObjectRow, count: number): CreatedObject[] {
    return Array.from({ length: count }, (_, i) => ({
      label: this.#nextLabel + i,
      classId: like.classId,
      isRegion: false,
    }));
  }

  /** Ends a gesture: what it changed goes to the store behind all earlier ones. Returns false if it changed nothing. */
  commit(gesture: Gesture, kind: string, target: PaintTarget): boolean {
    const change = gesture.commit();
    if (!change) return false;
    const { t, z } = this.#plane;
    const created: EditHeader['created'] = [...target.created];
    for (const { label, classId, isRegion } of target.created) {
      const row = {
        imageId: this.imageId,
        label,
        classId,
        isRegion,
        name: null,
        colour: null,
        locked: false,
        pixels: 0,
      };
      this.#put(row);
      this.#nextLabel = Math.max(this.#nextLabel, label + 1);
    }
    this.#publish({ canUndo: true, canRedo: false });
    const { regions, before, pixels: after } = change;
    const recent: RecentGesture = { editId: null, t, z, regions, before, after };
    this.#recent.add(recent);
    const header: EditHeader = { t, z, kind, regions: change.regions, created };
    void this.#queue.add(async () => {
      const answer = await this.#options.transport.sendEdit(this.imageId, header, after);
      recent.editId = answer.editId;
      this.#acknowledge(answer);
    });
    return true;
  }

  /** Takes the last gesture back: at once where it is known, in the store after everything painted so far. */
  async undo(): Promise<void> {
    const known = this.#recent.undo();
    const shown = known && this.#show(known, known.before);
    const restored = await this.#queueStoreEdit(() => this.#options.transport.undo(this.imageId), shown);
    if (restored === null) this.#publish({ canUndo: false });
  }

  /** Does the last undone gesture again, as {@link undo}. */
  async redo(): Promise<void> {
    const known = this.#recent.redo();
    const shown = known && this.#show(known, known.after);
    const restored = await this.#queueStoreEdit(() => this.#options.transport.redo(this.imageId), shown);
    if (restored === null) this.#publish({ canRedo: false });
  }

  /** Has the store change labels, behind everything painted so far, and shows what it did: null nothing, undefined refused. */
  letStoreEdit(ask: () => Promise<RestoredEdit | null>): Promise<RestoredEdit | null | undefined> {
    this.#recent.clear();
    return this.#queueStoreEdit(ask);
  }

  /** @param shown the gesture whose answer was foreseen and is on view already */
  async #queueStoreEdit(
    ask: () => Promise<RestoredEdit | null>,
    shown?: RecentGesture,
  ): Promise<RestoredEdit | null | undefined> {
    let restored: RestoredEdit | null | undefined;
    this.#historyPending++;
    await this.#queue.add(async () => {
      restored = await ask();
      if (restored) this.#restore(restored, shown);
      if (shown && restored?.editId !== shown.editId) {
        this.#recent.clear();
        this.#options.onDiverged();
      }
    });
    this.#historyPending--;
    return restored;
  }

  /** Has the store go to another place of the history, behind everything painted so far; the caller reloads the plane. */
  async jump(ask: () => Promise<EditHistory & { objects: readonly ObjectRow[] }>): Promise<boolean> {
    let done = false;
    this.#recent.clear();
    this.#historyPending++;
    await this.#queue.add(async () => {
      const { objects, canUndo, canRedo } = await ask();
      this.follow(objects, { canUndo, canRedo });
      done = true;
    });
    this.#historyPending--;
    return done;
  }

  /** Has the store change rows of objects (class, name, colour, lock), behind everything painted so far. */
  async changeRows(ask: () => Promise<readonly ObjectRow[]>): Promise<void> {
    this.#recent.clear();
    await this.#queue.add(async () => {
      for (const row of await ask()) this.#put(row);
      this.#publish({ canUndo: true, canRedo: false });
    });
  }

  /** Resolves once every gesture made so far is stored or refused. */
  settled(): Promise<void> {
    return this.#queue.pending === 0 ? Promise.resolve() : this.#queue.add(() => Promise.resolve());
  }

  /** The backend itself changed labels (an accepted prediction); the caller reloads the plane. */
  noteExternalEdit(acknowledged: EditAcknowledged): void {
    this.#recent.clear();
    this.#acknowledge(acknowledged);
  }

  /** Shows labels of a known gesture; undefined where another plane is on view. */
  #show(gesture: RecentGesture, pixels: readonly Uint32Array[]): RecentGesture | undefined {
    const { t, z, regions } = gesture;
    if (t !== this.#plane.t || z !== this.#plane.z) return undefined;
    for (const [i, region] of regions.entries()) this.#document.pasteChanges(region, pixels[i]!);
    return gesture;
  }

  #restore(restored: RestoredEdit, shown?: RecentGesture): void {
    this.#acknowledge(restored.acknowledged);
    if (shown) return;
    const { t, z } = restored;
    // A change of class, name or lock has no pixels and belongs to no plane.
    if (restored.regions.length === 0) return;
    if (t !== this.#plane.t || z !== this.#plane.z) {
      this.#options.onOtherPlane(t, z);
      return;
    }
    restored.regions.forEach((region, i) => {
      const pixels = restored.pixels[i];
      if (pixels) this.#document.paste(region, pixels);
    });
  }

  #acknowledge(answer: EditAcknowledged): void {
    // An object without pixels may be painted again by a later gesture that is under way.
    const isLast = this.#queue.pending <= 1;
    for (const row of answer.objects) {
      this.#nextLabel = Math.max(this.#nextLabel, row.label + 1);
      if (row.pixels > 0 || !isLast) this.#put(row);
      else this.#remove(row.label);
    }
    for (const label of answer.removed) if (isLast) this.#remove(label);
    this.#publish({ canUndo: answer.canUndo, canRedo: answer.canRedo });
  }

  #put(row: ObjectRow): void {
    this.#objects.set(row.label, row);
    this.#list = null;
  }

  #remove(label: number): void {
    if (this.#objects.delete(label)) this.#list = null;
  }

  #publish(change: Partial<Omit<SessionState, 'objects'>>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.onState(this.state);
  }
}
