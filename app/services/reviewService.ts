/** What of the predictions of an image is worth a look: where they are unsure, and where labels contradict them. */

import type { ObjectDisagreement, ReviewPlace } from '../api/types.ts';
import { likelyMistakes } from '../science/likelyMistakes.ts';
import { objectDisagreement } from '../science/objectDisagreement.ts';
import { uncertainRegions } from '../science/uncertainRegions.ts';
import { predictedClasses } from './predictedClasses.ts';
import type { Project } from './project.ts';

/** Places of each kind that are told of a plane; who has seen so many predicts anew. */
const MOST_OF_A_PLANE = 50;

/**
 * Places of every predicted plane of an image: unsure ones, most unsure first, then mistakes, largest first. Regions of
 * classes that are not counted are left out of the mistakes: their parts have no number to be wrong in. Throws NotFound.
 */
export function reviewImage(project: Project, imageId: number): ReviewPlace[] {
  const { store } = project;
  const { shape } = store.images.get(imageId);
  const regions = new Set(
    store.objects
      .list(imageId)
      .filter((row) => row.isRegion)
      .map((row) => row.label),
  );
  const unsure: ReviewPlace[] = [];
  const mistakes: ReviewPlace[] = [];
  for (const { t, z, modelId } of store.predictions.list(imageId)) {
    const labels = store.labels.readPlane(imageId, t, z);
    const tiles = uncertainRegions(store.predictions.readForeground(imageId, t, z), labels, shape);
    for (const { area, uncertainty } of tiles.slice(0, MOST_OF_A_PLANE)) {
      unsure.push({ kind: 'unsure', imageId, t, z, area, score: uncertainty });
    }
    const { labels: instances, classIndexOf } = store.predictions.readInstances(imageId, t, z);
    const classes = predictedClasses(project, modelId);
    const isThing = Array.from(classIndexOf, (index) => classes[index - 1]?.kind !== 'stuff');
    const things = instances.map((object) => (isThing[object] === false ? 0 : object));
    const reference = labels.map((label) => (regions.has(label) ? 0 : label));
    const told = new Map<string, number>();
    for (const { kind, area, pixels } of likelyMistakes(reference, things, shape)) {
      const before = told.get(kind) ?? 0;
      told.set(kind, before + 1);
      if (before < MOST_OF_A_PLANE) mistakes.push({ kind, imageId, t, z, area, score: pixels });
    }
  }
  unsure.sort((a, b) => b.score - a.score);
  mistakes.sort((a, b) => b.score - a.score);
  return [...unsure, ...mistakes];
}

/**
 * How far the objects of an image and its predictions are apart, 0 … 1, the worst of the planes that are predicted;
 * regions and objects on planes without a prediction are not told of. Throws NotFound.
 */
export function disagreementOf(project: Project, imageId: number): ObjectDisagreement[] {
  const { store } = project;
  store.images.get(imageId);
  const things = new Set(
    store.objects
      .list(imageId)
      .filter((row) => !row.isRegion)
      .map((row) => row.label),
  );
  const worst = new Map<number, number>();
  for (const { t, z } of store.predictions.list(imageId)) {
    const labels = store.labels.readPlane(imageId, t, z);
    const { labels: instances } = store.predictions.readInstances(imageId, t, z);
    for (const [label, disagreement] of objectDisagreement(labels, instances)) {
      if (things.has(label)) worst.set(label, Math.max(worst.get(label) ?? 0, disagreement));
    }
  }
  return [...worst].map(([label, disagreement]) => ({ label, disagreement }));
}
