/** Training: what will train, one button, a preset in plain words, and the curve as it grows. */

import { Button, Select, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { Preset, TrainingPace, TrainRequest } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys, queryClient, useOutlook, usePace, useRuns } from '../api/queries.ts';
import { NumberBox } from '../controls/NumberBox.tsx';
import { useEditing } from '../state/editing.ts';
import { showError } from '../state/showError.ts';
import { controlRun, startTraining, useTrainingOptions } from '../state/training.ts';
import { isTraining, showRun, useTrainingView } from '../state/trainingView.ts';
import { texts } from '../texts.ts';
import { AdvancedTraining } from './AdvancedTraining.tsx';
import { ChannelChoice } from './ChannelChoice.tsx';
import { FindingList } from './FindingList.tsx';
import { OutlookView } from './OutlookView.tsx';
import { RunList } from './RunList.tsx';
import { RunView } from './RunView.tsx';
import { SamplePictures } from './SamplePictures.tsx';
import { TrainingCurve } from './TrainingCurve.tsx';

const PRESETS: readonly Preset[] = ['fast', 'paper-narrow', 'paper', 'fiji'];

export function TrainPanel() {
  const view = useTrainingView();
  const save = useEditing((state) => state.save);
  const runs = useRuns();
  const { preset, minutes, advanced, starting } = useTrainingOptions();
  const training = isTraining(view);
  const { train } = texts;
  const { depth, validation } = advanced;
  const outlook = useOutlook({
    preset,
    ...(depth !== undefined && { depth }),
    ...(validation !== undefined && { validation }),
  });
  const pace = usePace(paceRequest(preset, advanced), !training).data;
  const chosen = paceOf(pace, advanced);
  const blocked = outlook.data?.findings.some((finding) => finding.blocks) ?? true;

  useEffect(() => {
    if (save === 'saved') void queryClient.invalidateQueries({ queryKey: keys.outlook });
  }, [save]);
  useShowLastRun(runs.data?.reduce((newest, run) => Math.max(newest, run.runId), 0));

  return (
    <div className="panel">
      {!training && (
        <>
          <OutlookView outlook={outlook.data} time={timeOf(chosen, minutes, advanced.steps)} />
          <FindingList findings={outlook.data?.findings ?? []} />
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
            {train.presets[preset].hint}
            <br />
            {pace ? paceText(pace) : train.noDevice}
            {chosen?.memoryNote && ` ${chosen.memoryNote}`}
          </p>
          <ChannelChoice />
          <AdvancedTraining
            preset={preset}
            value={advanced}
            onChange={(value) => useTrainingOptions.setState({ advanced: value })}
          />
          <Button
            size="sm"
            fullWidth
            loading={starting}
            disabled={blocked || save !== 'saved'}
            leftSection={<IconPlayerPlay size={16} />}
            onClick={() => void startTraining()}
          >
            {train.start}
          </Button>
        </>
      )}
      {training && <RunButtons />}
      <TrainingCurve points={view.points} />
      <SamplePictures />
      <RunView />
      <RunList />
    </div>
  );
}

/** What of a request decides how long a step takes. */
function paceRequest(
  preset: Preset,
  { baseFilters, depth, tileSize, batchSize }: TrainRequest,
): TrainRequest {
  return {
    preset,
    ...(baseFilters !== undefined && { baseFilters }),
    ...(depth !== undefined && { depth }),
    ...(tileSize !== undefined && { tileSize }),
    ...(batchSize !== undefined && { batchSize }),
  };
}

/** The device that will be taken: the one asked for, else the fastest. */
function paceOf(
  pace: readonly TrainingPace[] | undefined,
  { device }: TrainRequest,
): TrainingPace | undefined {
  if (device !== undefined && device !== 'auto') return pace?.find((one) => one.device === device);
  return pace?.toSorted((a, b) => (a.millisecondsAStep ?? Infinity) - (b.millisecondsAStep ?? Infinity))[0];
}

function paceText(pace: readonly TrainingPace[]): string {
  const { train } = texts;
  return pace.map((one) => train.pace(one.description, one.millisecondsAStep, one.source)).join('. ');
}

/** How long the run takes, and how far it gets in that time. */
function timeOf(pace: TrainingPace | undefined, minutes: number, steps: number | undefined): string {
  const { train } = texts;
  const device = !pace ? train.thisMachine : pace.device === 'cpu' ? train.thisCpu : train.thisGpu;
  const step = pace?.millisecondsAStep ?? null;
  if (steps !== undefined) return step === null ? '' : train.budget((steps * step) / 60_000, device);
  const reached = step === null ? '' : ` ${train.budgetSteps((minutes * 60_000) / step)}`;
  return train.budget(minutes, device) + reached;
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
