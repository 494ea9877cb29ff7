/** All images in a wide dialog over the canvas: filter, table, what to do with the selected ones, and the work's progress. */

import { Button, Modal, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useImages, useJobs, useModels } from '../api/queries.ts';
import { BatchActions } from '../panels/BatchActions.tsx';
import { BatchTable } from '../panels/BatchTable.tsx';
import {
  type BatchFilter,
  batchProgress,
  batchRows,
  batchWork,
  cancelBatch,
  closeBatch,
  olderModels,
  useBatch,
} from '../state/batch.ts';
import { chooseAndImport } from '../state/importing.ts';
import { texts } from '../texts.ts';

export function BatchDialog() {
  const open = useBatch((state) => state.open);
  return (
    <Modal
      opened={open}
      onClose={closeBatch}
      title={texts.batch.title}
      size="min(1180px, 96vw)"
      yOffset="4vh"
      closeButtonProps={{ 'aria-label': texts.batch.close }}
    >
      <BatchView />
    </Modal>
  );
}

function BatchView() {
  const images = useImages();
  const models = useModels();
  const jobs = useJobs();
  const name = useBatch((state) => state.name);
  const filter = useBatch((state) => state.filter);
  const order = useBatch((state) => state.order);
  const selection = useBatch((state) => state.rows.selected);
  const batches = useBatch((state) => state.batches);
  const { batch } = texts;
  const older = useMemo(() => olderModels(models.data ?? []), [models.data]);
  const rows = useMemo(
    () => batchRows(images.data ?? [], { name, filter, order }, older),
    [images.data, name, filter, order, older],
  );
  const work = useMemo(() => batchWork(batches, jobs.data ?? []), [batches, jobs.data]);
  // Only what is in the table is worked on, so that nothing happens to what the filter hides.
  const selected = useMemo(() => rows.filter(({ imageId }) => selection.has(imageId)), [rows, selection]);

  if (images.data?.length === 0) {
    return (
      <div className="batch-empty">
        <p>{texts.images.empty}</p>
        <Button onClick={() => void chooseAndImport()}>{texts.images.import}</Button>
      </div>
    );
  }
  return (
    <div className="batch">
      <div className="row batch-row">
        <TextInput
          aria-label={texts.images.filter}
          placeholder={texts.images.filter}
          leftSection={<IconSearch size={13} />}
          value={name}
          onChange={(event) => useBatch.setState({ name: event.currentTarget.value })}
        />
        <Select
          aria-label={batch.filter}
          w={190}
          data={Object.entries(batch.filters).map(([value, label]) => ({ value, label }))}
          value={filter}
          onChange={(value) => useBatch.setState({ filter: (value ?? 'all') as BatchFilter })}
        />
        <span className="soft grow" role="status" aria-label={batch.chosen}>
          {batch.selected(selected.length, rows.length)}
        </span>
      </div>
      <BatchTable images={rows} work={work} older={older} />
      <WorkProgress />
      <BatchActions selected={selected} />
    </div>
  );
}

/** Its room is there while nothing is under way too, so that nothing moves when work begins. */
function WorkProgress() {
  const jobs = useJobs();
  const progress = batchProgress(jobs.data ?? []);
  const { batch } = texts;
  if (progress === null) return <div className="batch-progress soft">{batch.idle}</div>;
  const { done, total, etaSeconds, waiting } = progress;
  const title = progress.jobs.map((job) => job.title).join(', ');
  return (
    <div className="batch-progress">
      <span className="batch-work">{title}</span>
      <progress
        max={total > 0 ? total : 1}
        value={done}
        aria-label={batch.progress}
        aria-valuetext={batch.done(done, total)}
      />
      <span>{batch.done(done, total)}</span>
      {etaSeconds !== null && <span>{texts.train.eta(etaSeconds)}</span>}
      {waiting > 0 && <span className="soft">{batch.waiting(waiting)}</span>}
      <Button variant="default" size="compact-xs" onClick={() => void cancelBatch(progress)}>
        {texts.jobs.cancel}
      </Button>
    </div>
  );
}
