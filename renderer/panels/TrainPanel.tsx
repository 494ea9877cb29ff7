/** Training: what will train, one button, a preset in plain words, and the curve as it grows. */

import { Button, Select, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { DeviceChoice, Preset } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys, queryClient, useDevices, useOutlook, useRuns } from '../api/queries.ts';
import { NumberBox } from '../controls/NumberBox.tsx';
import { useEditing } from '../state/editing.ts';
import { showError } from '../state/showError.ts';
import { controlRun, startTraining, useTrainingOptions } from '../state/training.ts';
import { isTraining, showRun, useTrainingView } from '../state/trainingView.ts';
import { texts } from '../texts.ts';
import { AdvancedTraining } from './AdvancedTraining.tsx';
import { OutlookView } from './OutlookView.tsx';
import { RunList } from './RunList.tsx';
import { RunView } from './RunView.tsx';
import { TrainingCurve } from './TrainingCurve.tsx';

const PRESETS: readonly Preset[] = ['fast', 'paper-narrow', 'paper', 'fiji'];

export function TrainPanel() {
  const view = useTrainingView();
  const save = useEditing((state) => state.save);
  const outlook = useOutlook(true);
  const runs = useRuns();
  const { preset, minutes, advanced, starting } = useTrainingOptions();
  const training = isTraining(view);
  const { train } = texts;

  useEffect(() => {
    if (save === 'saved') void queryClient.invalidateQueries({ queryKey: keys.outlook });
  }, [save]);
  useShowLastRun(runs.data?.reduce((newest, run) => Math.max(newest, run.runId), 0));

  return (
    <div className="panel">
      {!training && (
        <>
          <OutlookView outlook={outlook.data} minutes={advanced.steps === undefined ? minutes : null} />
          <div className="row">
            <Select
              className="grow"
              aria-label={train.preset}
              data={PRESETS.map((value) => ({ value, label: train.presets[value].label }))}
              value={preset}
              onChange={(value) => useTrainingOptions.setState({ preset: (value ?? 'fast') as Preset })}
            />
            <NumberBox
              name={train.minutes}
              value={advanced.steps === undefined ? minutes : null}
              minimum={0.1}
              maximum={1440}
              step={0.1}
              placeholder="–"
              disabled={advanced.steps !== undefined}
              onChange={(value) => useTrainingOptions.setState({ minutes: value })}
            />
            <span className="soft">min</span>
          </div>
          <p className="soft">
            {train.presets[preset].hint} <DeviceLine choice={advanced.device ?? 'auto'} />
          </p>
          <AdvancedTraining
            value={advanced}
            onChange={(value) => useTrainingOptions.setState({ advanced: value })}
          />
          <Button
            size="sm"
            fullWidth
            loading={starting}
            disabled={(outlook.data?.blockers.length ?? 1) > 0 || save !== 'saved'}
            leftSection={<IconPlayerPlay size={16} />}
            onClick={() => void startTraining()}
          >
            {train.start}
          </Button>
        </>
      )}
      {training && <RunButtons />}
      <TrainingCurve points={view.points} />
      <RunView />
      <RunList />
    </div>
  );
}

/** Where a training would run. */
function DeviceLine({ choice }: { choice: DeviceChoice }) {
  const devices = useDevices();
  const { train } = texts;
  if (!devices.data) return train.noDevice;
  const named = devices.data.filter(
    (device) => device.available && (choice === 'auto' ? !device.software : device.name === choice),
  );
  if (named.length === 0) return null;
  return train.deviceLine(named.map((device) => device.description).join(train.deviceOr));
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
        leftSection={paused ? <IconPlayerPlay size={15} /> : <IconPlayerPause size={15} />}
        onClick={() => void controlRun(paused ? 'resume' : 'pause')}
      >
        {paused ? train.resume : train.pause}
      </Button>
      <Tooltip label="Ends the run and keeps the model as it is now.">
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
