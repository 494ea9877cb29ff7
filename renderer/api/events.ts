/** Backend events: over the desktop bridge or Server-Sent Events; they make cached data stale and feed the training view. */

import type { BackendEvent, JobInfo } from '../../app/api/types.ts';
import { limnHost } from '../host/limnHost.ts';
import { reloadPlane, useEditing } from '../state/editing.ts';
import { notePrediction } from '../state/predictionFollower.ts';
import { noteTrainEvent } from '../state/trainingView.ts';
import { keys, queryClient } from './queries.ts';

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
      void queryClient.invalidateQueries({ queryKey: keys.images });
      void queryClient.invalidateQueries({ queryKey: keys.outlook });
      return;
    case 'prediction':
      notePrediction(event.imageId);
      void queryClient.invalidateQueries({ queryKey: keys.images });
      return;
    case 'project':
      void queryClient.invalidateQueries();
      if (useEditing.getState().document) reloadPlane();
      return;
  }
}

function noteJob(job: JobInfo): void {
  queryClient.setQueryData<JobInfo[]>(keys.jobs, (jobs) => {
    const others = (jobs ?? []).filter((known) => known.jobId !== job.jobId);
    return [...others, job];
  });
}
