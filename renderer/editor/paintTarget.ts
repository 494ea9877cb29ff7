/** Which label a gesture paints and which pixels it may replace: the rules of the painting modes, in one place. */

export type PaintMode = 'object' | 'background' | 'unlabelled';

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
}

export interface PaintRules {
  mode: PaintMode;
  /** Label under the gesture's first point. */
  startLabel: number;
  /** Label that a new object would get. */
  nextLabel: number;
  classId: number;
  /** Label of the chosen class's region object; null for a class of things, `nextLabel` if it has to be made. */
  regionLabel: number | null;
  regionExists: boolean;
  /** Other objects are not painted over. */
  protectObjects: boolean;
  isLocked(label: number): boolean;
}

/**
 * A stroke that starts on an object changes that object: it extends it (mode object) or carves it (mode background).
 * A stroke that starts on free ground or background makes a new object. The eraser takes any label back to unlabelled.
 * Locked objects never change; other objects only where `protectObjects` is off.
 */
export function resolvePaintTarget(rules: PaintRules): PaintTarget {
  const { startLabel, protectObjects, isLocked } = rules;
  const startsOnObject = startLabel >= 2;
  if (rules.mode === 'unlabelled') {
    return { label: 0, created: [], mayReplace: (current) => current !== 0 && !isLocked(current) };
  }
  const allows = (own: number) => (current: number) => {
    if (current < 2 || current === own) return !isLocked(current);
    return !protectObjects && !isLocked(current);
  };
  if (rules.mode === 'background') {
    return { label: 1, created: [], mayReplace: allows(startsOnObject ? startLabel : 1) };
  }
  if (rules.regionLabel !== null) {
    const created = rules.regionExists
      ? []
      : [{ label: rules.regionLabel, classId: rules.classId, isRegion: true }];
    return { label: rules.regionLabel, created, mayReplace: allows(rules.regionLabel) };
  }
  if (startsOnObject) {
    // An object that is locked takes no paint either.
    const own = allows(startLabel);
    return { label: startLabel, created: [], mayReplace: isLocked(startLabel) ? () => false : own };
  }
  return {
    label: rules.nextLabel,
    created: [{ label: rules.nextLabel, classId: rules.classId, isRegion: false }],
    mayReplace: allows(rules.nextLabel),
  };
}
