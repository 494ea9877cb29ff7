/** What is under the pointer: position, value, label, weight, probability, zoom; and the work in progress. */

import { useSyncExternalStore } from 'react';
import type { ImageInfo, JobInfo } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { useJobs } from '../api/queries.ts';
import { valuesAt } from '../canvas/pixelValues.ts';
import { predictionAt, usePredictionLayer } from '../canvas/predictionLayer.ts';
import { useEditing } from '../state/editing.ts';
import { showError } from '../state/showError.ts';
import { useWeightLayer, weightAt } from '../state/weightMapLayer.ts';
import { usePointerPixel, useSettings, viewport } from '../state/workspace.ts';
import { texts } from '../texts.ts';

export function StatusLine({ image }: { image: ImageInfo | undefined }) {
  return (
    <footer className="status-line">
      <output aria-label={texts.status.name} aria-live="off">
        {image ? <PixelText image={image} /> : ''}
      </output>
      <Jobs />
      {image && <ZoomText />}
    </footer>
  );
}

function ZoomText() {
  const percent = useSyncExternalStore(
    (listener) => viewport.subscribe(listener),
    () => formatNumber(viewport.scale * 100, viewport.scale < 0.1 ? 1 : 0),
  );
  return <span className="zoom-text">{`${percent} %`}</span>;
}

function PixelText({ image }: { image: ImageInfo }) {
  const pixel = usePointerPixel((state) => state.pixel);
  const { t, z, showWeightMap, showPrediction } = useSettings('t', 'z', 'showWeightMap', 'showPrediction');
  const document = useEditing((state) => state.document);
  const objects = useEditing((state) => state.objects);
  const classes = useEditing((state) => state.classes);
  useEditing((state) => state.revision);
  // A map or prediction that arrives under a resting pointer is told at once.
  useWeightLayer();
  usePredictionLayer();
  if (!pixel || pixel.x < 0 || pixel.y < 0 || pixel.x >= image.shape.x || pixel.y >= image.shape.y) {
    return texts.status.outside;
  }
  const { x, y } = pixel;
  const parts = [`x ${x} y ${y}`];
  const size = image.pixelSizeUm;
  if (size) parts.push(`${formatNumber(x * size.x, 2)} µm ${formatNumber(y * size.y, 2)} µm`);
  const values = valuesAt(image, t, z, x, y);
  if (values.length > 0) parts.push(`value ${values.map((value) => formatNumber(value, 4)).join(', ')}`);
  const label = document?.at(x, y) ?? 0;
  if (label >= 2) {
    const row = objects.find((candidate) => candidate.label === label);
    const name =
      row?.name ?? classes.find((candidate) => candidate.classId === row?.classId)?.name ?? 'object';
    parts.push(`${name} #${label}`);
  } else parts.push(label === 1 ? 'background' : 'unlabelled');
  const weight = showWeightMap ? weightAt(x, y) : null;
  if (weight !== null) parts.push(`w ${formatNumber(weight, 3)}`);
  const prediction = showPrediction ? predictionAt(x, y) : null;
  if (prediction) {
    parts.push(`p ${prediction.probability.toFixed(2)}`);
    if (prediction.object > 0) parts.push(`predicted #${prediction.object}`);
  }
  return parts.join(' · ');
}

function formatNumber(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}

function Jobs() {
  const jobs = useJobs();
  const active = (jobs.data ?? []).filter((job) => job.state === 'running');
  const waiting = (jobs.data ?? []).filter((job) => job.state === 'queued');
  return (
    <>
      {waiting.length > 0 && (
        <span title={waiting.map((job) => job.title).join('\n')}>{texts.jobs.waiting(waiting.length)}</span>
      )}
      {active.map((job) => (
        <JobItem key={job.jobId} job={job} />
      ))}
    </>
  );
}

function JobItem({ job }: { job: JobInfo }) {
  const cancel = () =>
    backend.cancelJob(job.jobId).catch((error: unknown) => showError(texts.errors.run, error));
  // All steps are done, but the work is not: its last phase has words, not figures.
  const isClosing = job.total > 0 && job.done >= job.total && job.message !== null;
  return (
    <span className="job-line">
      {isClosing ? job.message : job.title}
      <progress max={job.total > 0 ? job.total : 1} value={job.done} aria-label={job.title} />
      {!isClosing && job.etaSeconds !== null && texts.train.eta(job.etaSeconds)}
      {job.etaSeconds === null && job.total > 0 && `${job.done}/${job.total}`}
      {job.kind !== 'train' && (
        <button type="button" className="menu-button" onClick={() => void cancel()}>
          {texts.jobs.cancel}
        </button>
      )}
    </span>
  );
}
