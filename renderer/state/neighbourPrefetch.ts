/** Makes the images before and after the one on view ready while nothing else is going on, so that they come at once when chosen. */

import type { ImageInfo } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys, queryClient } from '../api/queries.ts';
import { getPixelTile } from '../api/raw.ts';
import { useEditing } from './editing.ts';
import { fittedTiles } from './labelPrefetch.ts';

/** The page is at rest when an image has been on view for so long, ms. */
const REST_MS = 1200;

/** Begins once the page is at rest; returns the way to stop. */
export function prefetchNeighbours(images: readonly ImageInfo[], imageId: number): () => void {
  const stopping = new AbortController();
  const timer = setTimeout(() => void prefetch(images, imageId, stopping.signal), REST_MS);
  return () => {
    clearTimeout(timer);
    stopping.abort();
  };
}

async function prefetch(images: readonly ImageInfo[], imageId: number, signal: AbortSignal): Promise<void> {
  const position = images.findIndex((image) => image.imageId === imageId);
  const neighbours = [images[position + 1], images[position - 1]];
  try {
    for (const image of neighbours) if (image) await prefetchImage(image, signal);
  } catch (error) {
    // Whoever opens the image meets a failure again and tells it.
    if (!(error instanceof Error)) throw error;
  }
}

/** Its contrast, and the tiles of its first look, which the browser keeps. */
async function prefetchImage(image: ImageInfo, signal: AbortSignal): Promise<void> {
  const { imageId, shape } = image;
  const middle = Math.floor(shape.z / 2);
  for (let c = 0; c < shape.c; c++) {
    if (signal.aborted) return;
    await queryClient.prefetchQuery({
      queryKey: keys.statistics(imageId, 0, middle, c),
      queryFn: () => backend.statistics(imageId, 0, middle, c),
      staleTime: Number.POSITIVE_INFINITY,
    });
    for (const tile of fittedTiles(image)) {
      // Strokes go first: nobody waits for what is fetched here.
      if (signal.aborted || useEditing.getState().save !== 'saved') return;
      await getPixelTile({ imageId, t: 0, z: 0, c, ...tile }, signal);
    }
  }
}
