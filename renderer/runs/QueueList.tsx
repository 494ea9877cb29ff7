/** What waits for the engine, in order; moved up and down or taken out. */

import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { useJobs } from '../api/queries.ts';
import { changeQueue } from '../state/runs.ts';
import { texts } from '../texts.ts';

export function QueueList() {
  const jobs = useJobs();
  const { queue } = texts;
  const waiting = (jobs.data ?? [])
    .filter((job) => job.queuePosition !== null)
    .sort((a, b) => (a.queuePosition ?? 0) - (b.queuePosition ?? 0));
  if (waiting.length === 0) return null;
  return (
    <>
      <h2 className="section-title">{queue.title}</h2>
      <ol className="queue-list" aria-label={queue.title}>
        {waiting.map((job, place) => (
          <li key={job.jobId}>
            <span className="grow">{job.title}</span>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              aria-label={queue.earlier(job.title)}
              disabled={place === 0}
              onClick={() => void changeQueue(job.jobId, place - 1)}
            >
              <IconArrowUp size={14} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              aria-label={queue.later(job.title)}
              disabled={place === waiting.length - 1}
              onClick={() => void changeQueue(job.jobId, place + 1)}
            >
              <IconArrowDown size={14} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              aria-label={queue.remove(job.title)}
              onClick={() => void changeQueue(job.jobId, 'out')}
            >
              <IconX size={14} />
            </ActionIcon>
          </li>
        ))}
      </ol>
    </>
  );
}
