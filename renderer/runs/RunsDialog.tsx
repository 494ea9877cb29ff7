/** Runs and models of the project in tables with all that made them; ticked runs lie over each other in the curves. */

import { Modal, Tabs } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { backend } from '../api/backend.ts';
import { keys, useModels, useRuns } from '../api/queries.ts';
import { DataTable } from '../controls/DataTable.tsx';
import { predictWith, useRunsView, viewRun } from '../state/runs.ts';
import { useTrainingView } from '../state/trainingView.ts';
import { texts } from '../texts.ts';
import { ModelDetails, RunDetails } from './RunDetails.tsx';
import { modelColumns, runColumns } from './runColumns.tsx';
import { type CurveRun, TrainingCurve } from './TrainingCurve.tsx';

const CURVE_HEIGHT = 170;

export function RunsDialog() {
  const { open } = useRunsView();
  const { runs } = texts;
  return (
    <Modal
      opened={open}
      onClose={() => useRunsView.setState({ open: false })}
      title={runs.title}
      size="min(1500px, 94vw)"
      classNames={{ body: 'wide-dialog' }}
    >
      <RunsContent />
    </Modal>
  );
}

function RunsContent() {
  const { tab } = useRunsView();
  const { runs } = texts;
  return (
    <Tabs
      className="runs-tabs"
      value={tab}
      onChange={(value) => useRunsView.setState({ tab: value === 'models' ? 'models' : 'runs' })}
    >
      <Tabs.List>
        <Tabs.Tab value="runs">{runs.runsTab}</Tabs.Tab>
        <Tabs.Tab value="models">{runs.modelsTab}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="runs">
        <RunsTab />
      </Tabs.Panel>
      <Tabs.Panel value="models">
        <ModelsTab />
      </Tabs.Panel>
    </Tabs>
  );
}

function RunsTab() {
  const rows = useRuns().data ?? [];
  const models = useModels().data ?? [];
  const onView = useTrainingView((state) => state.runId);
  const { compared } = useRunsView();
  const [chosen, setChosen] = useState<number | null>(null);
  const { runs } = texts;
  const newest = rows.reduce((last, run) => Math.max(last, run.runId), 0);
  const current = rows.find((run) => run.runId === (chosen ?? onView ?? newest));
  const curves = useComparedCurves(current?.runId ?? null);
  return (
    <div className="runs-tab">
      <DataTable
        name={runs.runsTab}
        columns={runColumns(models)}
        rows={[...rows].reverse()}
        keyOf={(run) => run.runId}
        nameOf={(run) => runs.run(run.runId)}
        current={current?.runId ?? null}
        onCurrent={setChosen}
        marked={compared}
        onMark={(marked) => useRunsView.setState({ compared: marked })}
        onOpen={(runId) => void viewRun(runId)}
        markName={runs.compare}
        markAllName={runs.compareAll}
        empty={texts.train.noRuns}
      />
      <div className="runs-below">
        <div>
          <p className="soft">{runs.compareHint}</p>
          <TrainingCurve runs={curves} height={CURVE_HEIGHT} />
        </div>
        {current && <RunDetails key={current.runId} run={current} models={models} />}
      </div>
    </div>
  );
}

function ModelsTab() {
  const models = useModels().data ?? [];
  const [chosen, setChosen] = useState<number | null>(null);
  const [marked, setMarked] = useState<ReadonlySet<number>>(new Set());
  const { runs } = texts;
  const current = models.find((model) => model.modelId === chosen) ?? models.at(-1);
  return (
    <div className="runs-tab">
      <DataTable
        name={runs.modelsTab}
        columns={modelColumns()}
        rows={[...models].reverse()}
        keyOf={(model) => model.modelId}
        nameOf={(model) => model.name}
        current={current?.modelId ?? null}
        onCurrent={setChosen}
        marked={marked}
        onMark={setMarked}
        onOpen={predictWith}
        markName={runs.mark}
        markAllName={runs.markAll}
        empty={texts.predict.noModel}
      />
      {current && <ModelDetails key={current.modelId} model={current} />}
    </div>
  );
}

/** The run chosen and, after it, those ticked; the one that trains as it goes on. */
export function useComparedCurves(runId: number | null): CurveRun[] {
  const view = useTrainingView();
  const { compared } = useRunsView();
  const ids = [...(runId === null ? [] : [runId]), ...[...compared].filter((id) => id !== runId)];
  const stored = useQueries({
    queries: ids.map((id) => ({
      queryKey: keys.run(id),
      queryFn: () => backend.run(id),
      enabled: id !== view.runId,
    })),
    combine: (answers) => answers.map((answer) => answer.data?.points),
  });
  return ids.map((id, i) => ({
    runId: id,
    points: id === view.runId ? view.points : (stored[i] ?? []),
  }));
}
