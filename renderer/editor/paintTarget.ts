/** Which label a gesture paints and which pixels it may replace: the rules of the painting modes, in one place. */

export const PAINT_MODES = ['object', 'region', 'background', 'unlabelled'] as const;

/** `region`: the chosen class without instances; the others paint what they say. */
export type PaintMode = (typeof PAINT_MODES)[number];

/** Where object strokes go: by where they start, always to a new object, or to the one they start on, else the selected one. */
export const STROKE_TARGETS = ['auto', 'new', 'extend'] as const;
export type StrokeTarget = (typeof STROKE_TARGETS)[number];

/** An object that comes into being with a gesture. */
export interface CreatedObject {
  label: number;
  classId: number;
  isRegion: boolean;
}

export interface PaintTarget {
  label: number;
  created: readonly CreatedObject[];
  mayReplace(current: number): boolean;
  /** Why the gesture could change no pixel at all; null where it may. */
  blocked: 'locked' | 'only-unlabelled' | 'nothing-to-extend' | null;
}

export interface PaintRules {
  mode: PaintMode;
  /** Of strokes that paint objects; default: `auto`. */
  strokes?: StrokeTarget | undefined;
  /** The selected object that `extend` falls back on, null without. */
  selectedLabel?: number | null | undefined;
  /** Label under the gesture's first point. */
  startLabel: number;
  /** Label that a new object would get. */
  nextLabel: number;
  classId: number;
  /** Label of the class's region object where a region is painted, `nextLabel` if it has to be made; null for objects. */
  regionLabel: number | null;
  regionExists: boolean;
  /** Other objects are not painted over. */
  protectObjects: boolean;
  /** Nothing that has a label is changed. */
  onlyUnlabelled: boolean;
  isLocked(label: number): boolean;
}

/**
 * A stroke that starts on an object changes that object: it extends it (mode object) or carves it (mode background).
 * A stroke that starts on free ground or background makes a new object; a region takes every stroke. The eraser takes any label
 * back to unlabelled. Locked objects never change, other objects only where `protectObjects` is off, and no labelled pixel at
 * all where `onlyUnlabelled` is on. `strokes` says otherwise for objects: every stroke a new one, or none.
 */
export function resolvePaintTarget(rules: PaintRules): PaintTarget {
  const { startLabel, protectObjects, onlyUnlabelled, isLocked } = rules;
  const startsOnObject = startLabel >= 2;
  if (rules.mode === 'unlabelled') {
    return {
      label: 0,
      created: [],
      mayReplace: (current) => !onlyUnlabelled && current !== 0 && !isLocked(current),
      blocked: onlyUnlabelled ? 'only-unlabelled' : null,
    };
  }
  const allows = (own: number) => (current: number) => {
    if (onlyUnlabelled) return current === 0;
    if (current < 2 || current === own) return !isLocked(current);
    return !protectObjects && !isLocked(current);
  };
  if (rules.mode === 'background') {
    return { label: 1, created: [], mayReplace: allows(startsOnObject ? startLabel : 1), blocked: null };
  }
  if (rules.regionLabel !== null) {
    if (isLocked(rules.regionLabel)) return refusedTarget(rules.regionLabel, 'locked');
    const created = rules.regionExists
      ? []
      : [{ label: rules.regionLabel, classId: rules.classId, isRegion: true }];
    return { label: rules.regionLabel, created, mayReplace: allows(rules.regionLabel), blocked: null };
  }
  const extended = extendedLabel(rules);
  if (extended === null) return refusedTarget(startLabel, 'nothing-to-extend');
  if (extended !== 0) {
    // An object that is locked takes no paint either.
    if (isLocked(extended)) return refusedTarget(extended, 'locked');
    return { label: extended, created: [], mayReplace: allows(extended), blocked: null };
  }
  return {
    label: rules.nextLabel,
    created: [{ label: rules.nextLabel, classId: rules.classId, isRegion: false }],
    mayReplace: allows(rules.nextLabel),
    blocked: null,
  };
}

/** The object that a stroke extends; 0 where it makes a new one, null where there is none to extend. */
function extendedLabel({ strokes = 'auto', startLabel, selectedLabel = null }: PaintRules): number | null {
  if (strokes === 'new') return 0;
  if (startLabel >= 2) return startLabel;
  return strokes === 'auto' ? 0 : selectedLabel;
}

function refusedTarget(label: number, blocked: NonNullable<PaintTarget['blocked']>): PaintTarget {
  return { label, created: [], mayReplace: () => false, blocked };
}
