/** Backend events: over the desktop bridge or Server-Sent Events; they make cached data stale and feed the training view. */

import type { BackendEvent, JobInfo } from '../../app/api/types.ts';
import { limnHost } from '../host/limnHost.ts';
import { noteLabelsOfOthers } from '../state/otherPages.ts';
import { notePrediction } from '../state/predictionFollower.ts';
import { noteReviewedLabels } from '../state/review.ts';
import { showError } from '../state/showError.ts';
import { noteTrainEvent, noteTrainJob } from '../state/trainingView.ts';
import { texts } from '../texts.ts';
import { backend } from './backend.ts';
import { keys, queryClient } from './queries.ts';
import { knownCacheKey, PAGE } from './request.ts';

/** Jobs whose failure has been told; the same event may come again after a pause of the connection. */
const knownFailures = new Set<number>();

/** Pause after the last stroke, ms. */
const LABELS_REST_MS = 700;

/** Starts listening; returns the way to stop. */
export function followBackend(): () => void {
  const host = limnHost();
  if (host) return host.onEvent(receive);
  const source = new EventSource('/api/events');
  source.addEventListener('message', (message: MessageEvent<string>) =>
    receive(JSON.parse(message.data) as BackendEvent),
  );
  // After a pause events may have been missed: everything is asked for again.
  let interrupted = false;
  source.addEventListener('error', () => {
    interrupted = true;
  });
  source.addEventListener('open', () => {
    if (interrupted) void queryClient.invalidateQueries();
    interrupted = false;
  });
  return () => source.close();
}

function receive(event: BackendEvent): void {
  switch (event.type) {
    case 'job':
      noteJob(event.job);
      return;
    case 'train':
      noteTrainEvent(event.event);
      if (event.event.type === 'started' || event.event.type === 'ended') {
        void queryClient.invalidateQueries({ queryKey: keys.runs });
        void queryClient.invalidateQueries({ queryKey: keys.models });
      }
      return;
    case 'images':
      void queryClient.invalidateQueries({ queryKey: keys.images });
      void queryClient.invalidateQueries({ queryKey: keys.project });
      return;
    case 'labels':
      if (event.page !== PAGE) noteLabelsOfOthers(event.imageId);
      noteLabels();
      noteReviewedLabels(event.imageId);
      return;
    case 'prediction':
      notePrediction(event.imageId);
      void queryClient.invalidateQueries({ queryKey: keys.predictedObjects(event.imageId) });
      void queryClient.invalidateQueries({ queryKey: keys.review(event.imageId) });
      void queryClient.invalidateQueries({ queryKey: keys.disagreement(event.imageId) });
      noteImagesSoon();
      return;
    case 'project':
      void noteProject();
      return;
  }
}

let imagesTimer: ReturnType<typeof setTimeout> | undefined;

/** Of many images predicted one after another the list is asked for at most this often, ms. */
const IMAGES_PAUSE_MS = 500;

function noteImagesSoon(): void {
  if (imagesTimer !== undefined) return;
  imagesTimer = setTimeout(() => {
    imagesTimer = undefined;
    void queryClient.invalidateQueries({ queryKey: keys.images });
  }, IMAGES_PAUSE_MS);
}

let labelTimer: ReturnType<typeof setTimeout> | undefined;

/** Counts of labels are asked for again once the hand rests: while strokes follow each other they would only delay them. */
function noteLabels(): void {
  clearTimeout(labelTimer);
  labelTimer = setTimeout(() => {
    void queryClient.invalidateQueries({ queryKey: keys.images });
    void queryClient.invalidateQueries({ queryKey: keys.outlook });
    void queryClient.invalidateQueries({ queryKey: ['disagreement'] });
  }, LABELS_REST_MS);
}

/** Another project begins with a fresh page: nothing of the last one may linger. Else classes or channels changed. */
async function noteProject(): Promise<void> {
  const before = knownCacheKey();
  try {
    const project = await backend.project();
    if (before !== '' && project.cacheKey !== before) window.location.reload();
    else await queryClient.invalidateQueries();
  } catch (error) {
    showError(texts.errors.project, error);
  }
}

function noteJob(job: JobInfo): void {
  noteTrainJob(job);
  // Who imports waits for the answer, which tells the failure.
  if (
    job.state === 'failed' &&
    job.kind !== 'import' &&
    job.kind !== 'export' &&
    !knownFailures.has(job.jobId)
  ) {
    knownFailures.add(job.jobId);
    showError(job.title, new Error(job.message ?? texts.jobs.failed));
  }
  queryClient.setQueryData<JobInfo[]>(keys.jobs, (jobs) => {
    const others = (jobs ?? []).filter((known) => known.jobId !== job.jobId);
    return [...others, job];
  });
}
