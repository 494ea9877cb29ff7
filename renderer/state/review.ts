/** Where to look next: unsure places and likely mistakes of all predicted images, walked through one by one. */

import { notifications } from '@mantine/notifications';
import { type QueryKey, useQueries } from '@tanstack/react-query';
import { create } from 'zustand';
import type { ImageInfo, ReviewPlace } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys, queryClient } from '../api/queries.ts';
import { texts } from '../texts.ts';
import { goTo } from './goTo.ts';
import { showError } from './showError.ts';
import { updateWorkspace, useWorkspace } from './workspace.ts';

export type ReviewKind = ReviewPlace['kind'];
export const REVIEW_KINDS: readonly ReviewKind[] = ['unsure', 'merged', 'split', 'missed', 'invented'];

/** Planes up to this size are compared anew whenever a stroke has ended; larger ones when their image is predicted. */
const QUICK_PIXELS = 4_200_000;

export const useReview = create<{ kind: ReviewKind }>(() => ({ kind: 'unsure' }));

const queryOf = (imageId: number) => ({
  queryKey: keys.review(imageId) as QueryKey,
  queryFn: () => backend.review(imageId),
});

const predictedIds = (images: readonly ImageInfo[]) =>
  images.filter((image) => image.predicted).map((image) => image.imageId);

/** Places of all predicted images; unsure ones by how unsure they are, mistakes by image and size. */
export function useReviewPlaces(images: readonly ImageInfo[]): ReviewPlace[] {
  return useQueries({
    queries: predictedIds(images).map(queryOf),
    combine: (answers) => ranked(answers.flatMap((answer) => answer.data ?? [])),
  });
}

/** Goes to a place and frames it. */
export function showPlace(place: ReviewPlace): void {
  goTo({ ...place, label: null });
  updateWorkspace({ reviewPlace: place, showPrediction: true });
}

/** Goes to the next (1) or previous (-1) place of the chosen kind, or of one that there is; the first one after the last. */
export async function stepReview(direction: 1 | -1): Promise<void> {
  const images = queryClient.getQueryData<ImageInfo[]>(keys.images) ?? [];
  try {
    const answers = await Promise.all(
      predictedIds(images).map((imageId) => queryClient.fetchQuery(queryOf(imageId))),
    );
    const all = ranked(answers.flat());
    let places = ofKind(all, useReview.getState().kind);
    if (places.length === 0) {
      const kind = all[0]?.kind;
      const message = kind
        ? texts.review.onTo(texts.review.kinds[useReview.getState().kind], texts.review.kinds[kind])
        : texts.review.nothing(answers.length);
      notifications.show({ message, autoClose: 3500 });
      if (!kind) return;
      useReview.setState({ kind });
      places = ofKind(all, kind);
    }
    const { reviewPlace } = useWorkspace.getState();
    const current = places.findIndex((place) => reviewPlace && keyOf(place) === keyOf(reviewPlace));
    // A place that has been dealt with is no longer in the list; its successor stands where it stood.
    const from = current >= 0 ? current : direction > 0 ? lastIndex - 1 : lastIndex;
    lastIndex = (from + direction + places.length) % places.length;
    const next = places[lastIndex];
    if (next) showPlace(next);
  } catch (error) {
    showError(texts.errors.review, error);
  }
}

/** Where the last step led to in its list. */
let lastIndex = 0;
useReview.subscribe(() => {
  lastIndex = 0;
});

/** Labels of an image have changed: its places are found anew, unless that would take long. */
export function noteReviewedLabels(imageId: number): void {
  const images = queryClient.getQueryData<ImageInfo[]>(keys.images) ?? [];
  const image = images.find((candidate) => candidate.imageId === imageId);
  if (!image?.predicted || image.shape.x * image.shape.y * image.shape.z * image.shape.t > QUICK_PIXELS)
    return;
  void queryClient.invalidateQueries({ queryKey: keys.review(imageId) });
}

export const ofKind = (places: readonly ReviewPlace[], kind: ReviewKind): ReviewPlace[] =>
  places.filter((place) => place.kind === kind);

/** Tells places apart. */
export const keyOf = ({ kind, imageId, t, z, area }: ReviewPlace): string =>
  [kind, imageId, t, z, area.x, area.y, area.w, area.h].join();

function ranked(places: readonly ReviewPlace[]): ReviewPlace[] {
  const unsure = places.filter((place) => place.kind === 'unsure').sort((a, b) => b.score - a.score);
  return [...unsure, ...places.filter((place) => place.kind !== 'unsure')];
}
