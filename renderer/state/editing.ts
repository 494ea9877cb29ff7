/** Joins the edit session of the image on view with the page: loads label tiles, runs the tools, follows undo and redo. */

import { notifications } from '@mantine/notifications';
import { create } from 'zustand';
import type { ClassRow, EditHistory, ImageInfo, ObjectRow } from '../../app/api/types.ts';
import { httpLabelTransport } from '../api/raw.ts';
import { LabelLevels } from '../canvas/labelLevels.ts';
import { greyValuesIn } from '../canvas/pixelValues.ts';
import { EditSession, type SessionState } from '../editor/editSession.ts';
import type { LabelDocument } from '../editor/labelDocument.ts';
import type { Refusal, ToolHost } from '../editor/tools/tool.ts';
import { texts } from '../texts.ts';
import { LabelLoading } from './labelLoading.ts';
import { forgetPrefetched, takeLabelTile } from './labelPrefetch.ts';
import { showError } from './showError.ts';
import { selectLabel, updateWorkspace, useWorkspace, viewport } from './workspace.ts';

interface Editing extends SessionState {
  session: EditSession | null;
  /** The document on view; another object whenever image or plane change. */
  document: LabelDocument | null;
  /** The same labels at every level of detail, and what of them has come. */
  labels: LabelLoading | null;
  /** Grows with every change of a label, after the change is drawn. */
  revision: number;
  classes: readonly ClassRow[];
}

export const useEditing = create<Editing>(() => ({
  session: null,
  document: null,
  labels: null,
  revision: 0,
  classes: [],
  save: 'saved',
  canUndo: false,
  canRedo: false,
  objects: [],
}));

let stopListening: (() => void) | null = null;

/** Sessions by image; one whose strokes are still on their way is taken up again, so that none of them is missed. */
const sessions = new Map<number, EditSession>();

/** Takes the image out of the tools' reach; its strokes go on being stored. */
export function closeSession(): void {
  stopListening?.();
  stopListening = null;
  useEditing.getState().labels?.close();
  useEditing.setState((state) => ({
    session: null,
    document: null,
    labels: null,
    objects: [],
    revision: state.revision + 1,
  }));
}

/** Opens an image for editing; edits of the one before go on being stored. */
export function openSession(
  image: ImageInfo,
  objects: readonly ObjectRow[],
  history: EditHistory,
): EditSession {
  const known = sessions.get(image.imageId);
  if (known && known.pending > 0) return known;
  const session: EditSession = new EditSession({
    imageId: image.imageId,
    shape: { y: image.shape.y, x: image.shape.x },
    transport: httpLabelTransport,
    objects,
    history,
    onState: (state) => {
      if (useEditing.getState().session?.imageId === image.imageId) useEditing.setState(state);
    },
    onRefused: (error) => {
      showError(texts.errors.edit, error);
      // What the store refused must not stay on the screen as if it were saved.
      if (useEditing.getState().session === session) openPlane(session, session.plane.t, session.plane.z);
    },
    onOtherPlane: (t, z) => updateWorkspace({ t, z }),
    onDiverged: () => {
      if (useEditing.getState().session === session) openPlane(session, session.plane.t, session.plane.z);
    },
  });
  sessions.set(image.imageId, session);
  return session;
}

/** Puts a plane of the session's image on view and loads its labels. */
export function openPlane(session: EditSession, t: number, z: number): void {
  stopListening?.();
  useEditing.getState().labels?.close();
  if (session.pending > 0) forgetPrefetched();
  const document = session.showPlane(t, z);
  const { imageId } = session;
  const levels = new LabelLevels(document, {
    fetch: (level, ty, tx, signal) => takeLabelTile({ imageId, level, t, z, ty, tx }, signal),
    onError: (error) => showError(texts.errors.labels, error),
  });
  const fetchTile = (ty: number, tx: number, signal: AbortSignal) =>
    takeLabelTile({ imageId, level: 0, t, z, ty, tx }, signal);
  const labels = new LabelLoading(levels, fetchTile, noteLoaded);
  stopListening = document.subscribe(() => {
    if (!levels.isLoading) useEditing.setState((state) => ({ revision: state.revision + 1 }));
  });
  useEditing.setState((state) => ({
    session,
    document,
    labels,
    revision: state.revision + 1,
    ...session.state,
  }));
  // What the store holds is complete once the strokes under way have arrived.
  void session.settled().then(loadLabels);
}

/** Forgets the plane's labels and loads them anew: they were changed elsewhere. */
export function reloadPlane(): void {
  const { session } = useEditing.getState();
  if (session && session.pending === 0) openPlane(session, session.plane.t, session.plane.z);
}

/** Loads the labels of what is in view and has not arrived. */
export function loadLabels(): void {
  useEditing.getState().labels?.follow();
}

let loadedFrame = 0;

/** Labels have come; told once a frame, however many tiles. */
function noteLoaded(): void {
  if (loadedFrame !== 0) return;
  loadedFrame = requestAnimationFrame(() => {
    loadedFrame = 0;
    useEditing.setState((state) => ({ revision: state.revision + 1 }));
  });
}

/** The class that the brush paints: the chosen one, else the first. */
export function paintClass(): ClassRow | undefined {
  const { classes } = useEditing.getState();
  const { classId } = useWorkspace.getState();
  return classes.find((row) => row.classId === classId) ?? classes[0];
}

/** What the tools act on: whatever session and settings are current. */
export const toolHost: ToolHost = {
  get document() {
    const { document } = useEditing.getState();
    if (!document) throw new Error('No image is open, so no tool can be at work.');
    return document;
  },
  get brushDiameterPx() {
    return useWorkspace.getState().brushSize;
  },
  get mode() {
    return useWorkspace.getState().paintMode;
  },
  get onlyUnlabelled() {
    return useWorkspace.getState().onlyUnlabelled;
  },
  get ready() {
    const { session, document } = useEditing.getState();
    if (!session || !document || session.restoring || !paintClass()) return false;
    return document.isLoaded(viewport.visibleArea());
  },
  targetAt(point, mode) {
    const { session } = useEditing.getState();
    const chosen = paintClass();
    if (!session || !chosen) throw new Error('No image is open, so nothing can be painted.');
    const { protectObjects, onlyUnlabelled, strokes, selectedLabel } = useWorkspace.getState();
    const settings = { protectObjects, onlyUnlabelled, strokes, selectedLabel };
    return session.targetAt(point, { mode, paintClass: chosen, ...settings });
  },
  objectOf: (label) => useEditing.getState().session?.object(label),
  newObjectsLike: (like, count) => useEditing.getState().session?.newObjectsLike(like, count) ?? [],
  greyValues() {
    const { session } = useEditing.getState();
    if (!session) return null;
    const { imageId, plane } = session;
    const { activeChannel: c, channels } = useWorkspace.getState();
    const setting = channels[imageId]?.[c];
    const { low = null, high = null } = setting ?? {};
    const window = low === null || high === null ? null : high - low;
    return greyValuesIn({ imageId, ...plane, c }, viewport.visibleArea(), window);
  },
  commit(gesture, kind, target) {
    const { session } = useEditing.getState();
    const changed = session?.commit(gesture, kind, target) ?? false;
    if (changed && target.label >= 2) selectLabel(target.label);
  },
  refuse(reason: Refusal) {
    const isTooFar = reason === 'loading' && (useEditing.getState().labels?.isTooFar ?? false);
    const message = isTooFar ? texts.refusals['too-far'] : texts.refusals[reason];
    notifications.show({ id: 'refusal', message, color: 'gray', autoClose: 3500 });
  },
};

/** Undo and redo of the image on view. */
export function undo(): void {
  void useEditing.getState().session?.undo();
}

export function redo(): void {
  void useEditing.getState().session?.redo();
}
