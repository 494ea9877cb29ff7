/** How predicted objects lie over reference objects: the table that every measure of objects is read from. */

/** Areas and overlaps of one plane, in pixels. */
export interface Overlaps {
  /** Labelled pixels of each reference object, by its label. */
  referenceAreas: Map<number, number>;
  /** Predicted objects that are known about, by label: labelled pixels, and those over each reference object. */
  predicted: Map<number, { area: number; over: Map<number, number> }>;
}

/**
 * Overlaps of predicted with reference objects. Areas and overlaps count labelled pixels only; a predicted object with
 * more than half of its pixels on unlabelled ground is left out: nothing is known of it.
 *
 * @param reference `[y, x]`: 0 unlabelled, 1 background, >= 2 objects (regions already split)
 * @param predicted `[y, x]`: 0 background, 1…N objects
 */
export function overlapsOf(reference: Uint32Array, predicted: Uint32Array): Overlaps {
  const referenceAreas = new Map<number, number>();
  const found = new Map<number, { area: number; unlabelled: number; over: Map<number, number> }>();
  for (let i = 0; i < reference.length; i++) {
    const object = reference[i]!;
    const label = predicted[i]!;
    if (object >= 2) referenceAreas.set(object, (referenceAreas.get(object) ?? 0) + 1);
    if (label === 0) continue;
    let own = found.get(label);
    if (own === undefined) {
      own = { area: 0, unlabelled: 0, over: new Map() };
      found.set(label, own);
    }
    if (object === 0) own.unlabelled++;
    else own.area++;
    if (object >= 2) own.over.set(object, (own.over.get(object) ?? 0) + 1);
  }
  const known = [...found].filter(([, { area, unlabelled }]) => unlabelled <= area);
  return {
    referenceAreas,
    predicted: new Map(known.map(([label, { area, over }]) => [label, { area, over }])),
  };
}
