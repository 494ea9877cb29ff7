/** Which label a gesture paints and which pixels it may replace: the rules of the painting modes, in one place. */

export const PAINT_MODES = ['object', 'region', 'background', 'unlabelled'] as const;

/** `region`: the chosen class without instances; the others paint what they say. */
export type PaintMode = (typeof PAINT_MODES)[number];

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
  blocked: 'locked' | 'only-unlabelled' | null;
}

export interface PaintRules {
  mode: PaintMode;
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
 * all where `onlyUnlabelled` is on.
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
  // An object that is locked takes no paint either.
  if (isLocked(rules.regionLabel ?? startLabel)) return lockedTarget(rules.regionLabel ?? startLabel);
  if (rules.regionLabel !== null) {
    const created = rules.regionExists
      ? []
      : [{ label: rules.regionLabel, classId: rules.classId, isRegion: true }];
    return { label: rules.regionLabel, created, mayReplace: allows(rules.regionLabel), blocked: null };
  }
  if (startsOnObject) {
    return { label: startLabel, created: [], mayReplace: allows(startLabel), blocked: null };
  }
  return {
    label: rules.nextLabel,
    created: [{ label: rules.nextLabel, classId: rules.classId, isRegion: false }],
    mayReplace: allows(rules.nextLabel),
    blocked: null,
  };
}

function lockedTarget(label: number): PaintTarget {
  return { label, created: [], mayReplace: () => false, blocked: 'locked' };
}
