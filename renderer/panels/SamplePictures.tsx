/** One fixed tile as the network learns it: image, label, weight, and the probability that sharpens. */

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { RunSampleLayer } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { useClasses } from '../api/queries.ts';
import { getSampleLayer, type RawPlane } from '../api/raw.ts';
import { foregroundPicture, greyPicture, labelPicture, weightPicture } from '../canvas/samplePictures.ts';
import { useTrainingView } from '../state/trainingView.ts';
import { texts } from '../texts.ts';

const LAYERS: readonly RunSampleLayer[] = ['image', 'label', 'weight', 'probability'];

export function SamplePictures() {
  const runId = useTrainingView((view) => view.runId);
  const newest = useTrainingView((view) => view.sampleStep);
  // A run that was there before the page: its pictures are kept with it.
  const kept = useQuery({
    queryKey: ['samples', runId],
    queryFn: () => backend.runSamples(runId ?? 0),
    enabled: runId !== null && newest === null,
  });
  const step = newest ?? kept.data?.at(-1)?.step ?? null;
  const classes = useClasses();
  const sample = useQuery({
    queryKey: ['samples', runId, step],
    queryFn: ({ signal }) =>
      Promise.all(LAYERS.map((layer) => getSampleLayer(runId ?? 0, step ?? 0, layer, signal))),
    enabled: runId !== null && step !== null,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
  const planes = sample.data;
  if (runId === null || step === null || !planes) return null;
  const colours = (classes.data ?? []).map((row) => row.colour);
  const { samples } = texts.train;
  return (
    <figure className="samples" aria-label={samples.name}>
      {LAYERS.map((layer, i) => {
        const plane = planes[i];
        return (
          plane && <Picture key={layer} name={samples[layer]} plane={plane} layer={layer} colours={colours} />
        );
      })}
      <figcaption className="soft">{samples.caption(step)}</figcaption>
    </figure>
  );
}

interface PictureProps {
  name: string;
  plane: RawPlane;
  layer: RunSampleLayer;
  colours: readonly string[];
}

function Picture({ name, plane, layer, colours }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const words = paint(layer, plane, colours);
    const bytes = new Uint8ClampedArray(words.buffer as ArrayBuffer);
    context.putImageData(new ImageData(bytes, plane.w, plane.h), 0, 0);
  }, [layer, plane, colours]);
  return (
    <div>
      <canvas ref={canvas} width={plane.w} height={plane.h} role="img" aria-label={name} />
      <span className="soft">{name}</span>
    </div>
  );
}

function paint(layer: RunSampleLayer, plane: RawPlane, colours: readonly string[]): Uint32Array {
  switch (layer) {
    case 'image':
      return greyPicture(plane);
    case 'label':
      return labelPicture(plane, colours);
    case 'weight':
      return weightPicture(plane);
    case 'probability':
      return foregroundPicture(plane);
  }
}
