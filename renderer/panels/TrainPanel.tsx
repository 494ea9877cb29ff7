/** Training: what will train and one button; while a run goes on its curve and pictures, and what waits behind it. */

import { Button, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconTable } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { backend } from '../api/backend.ts';
import { useModels, useRuns } from '../api/queries.ts';
import { QueueList } from '../runs/QueueList.tsx';
import { useComparedCurves } from '../runs/RunsDialog.tsx';
import { TrainingCurve } from '../runs/TrainingCurve.tsx';
import { useRunsView } from '../state/runs.ts';
import { showError } from '../state/showError.ts';
import { controlRun } from '../state/training.ts';
import { isTraining, showRun, useTrainingView } from '../state/trainingView.ts';
import { texts } from '../texts.ts';
import { RunView } from './RunView.tsx';
import { SamplePictures } from './SamplePictures.tsx';
import { TrainForm } from './TrainForm.tsx';

const CURVE_HEIGHT = 130;

export function TrainPanel() {
  const view = useTrainingView();
  const runs = useRuns();
  const training = isTraining(view);
  const { train } = texts;
  useShowLastRun(runs.data?.reduce((newest, run) => Math.max(newest, run.runId), 0));

  return (
    <div className="panel">
      {training ? <RunButtons /> : <TrainForm queues={false} />}
      <PanelCurve />
      <SamplePictures />
      <RunView />
      <QueueList />
      {training && (
        <details className="advanced">
          <summary>{train.queueAnother}</summary>
          <div className="panel">
            <TrainForm queues />
          </div>
        </details>
      )}
      <RunsButton runs={runs.data?.length ?? 0} />
    </div>
  );
}

function PanelCurve() {
  const runId = useTrainingView((state) => state.runId);
  const curves = useComparedCurves(runId);
  return <TrainingCurve runs={curves} height={CURVE_HEIGHT} />;
}

function RunsButton({ runs }: { runs: number }) {
  const models = useModels().data?.length ?? 0;
  if (runs === 0 && models === 0) return null;
  return (
    <Button
      variant="default"
      leftSection={<IconTable size={15} />}
      onClick={() => useRunsView.setState({ open: true })}
    >
      {texts.runs.open(runs, models)}
    </Button>
  );
}

function RunButtons() {
  const view = useTrainingView();
  const { train } = texts;
  const [stopping, setStopping] = useState(false);
  const paused = view.state === 'paused';
  return (
    <div className="row">
      <Button
        className="grow"
        variant="default"
        disabled={view.runId === null}
        leftSection={paused ? <IconPlayerPlay size={15} /> : <IconPlayerPause size={15} />}
        onClick={() => void controlRun(paused ? 'resume' : 'pause')}
      >
        {paused ? train.resume : train.pause}
      </Button>
      <Tooltip label={train.stopHint}>
        <Button
          className="grow"
          color="accent"
          loading={stopping}
          leftSection={<IconPlayerStop size={15} />}
          onClick={() => {
            setStopping(true);
            void controlRun('stop').then((accepted) => setStopping(accepted));
          }}
        >
          {train.stop}
        </Button>
      </Tooltip>
    </div>
  );
}

/** After a reload the newest run is on view, with its whole curve. */
function useShowLastRun(runId: number | undefined): void {
  useEffect(() => {
    if (!runId || useTrainingView.getState().runId !== null) return;
    backend.run(runId).then(showRun, (error: unknown) => showError(texts.errors.run, error));
  }, [runId]);
}
