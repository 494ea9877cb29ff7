/** What the next training is asked to do: preset in plain words, time, channels, advanced options, and the button. */

import { Button, Select } from '@mantine/core';
import { IconPlayerPlay, IconPlaylistAdd } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { Preset, PresetValues, TrainingPace, TrainRequest } from '../../app/api/types.ts';
import { keys, queryClient, useOutlook, usePace, usePresetValues } from '../api/queries.ts';
import { NumberBox } from '../controls/NumberBox.tsx';
import { useEditing } from '../state/editing.ts';
import { requestOf, startTraining, useTrainingOptions } from '../state/training.ts';
import { texts } from '../texts.ts';
import { AdvancedTraining } from './AdvancedTraining.tsx';
import { ChannelChoice } from './ChannelChoice.tsx';
import { FindingList } from './FindingList.tsx';
import { OutlookView } from './OutlookView.tsx';

const PRESETS: readonly Preset[] = ['fast', 'paper-narrow', 'paper', 'fiji'];
const OTHER_NETWORKS: readonly Preset[] = ['fcn-32s', 'fcn-16s', 'fcn-8s', 'patch-classifier'];

/** `queues`: a run is going on, so that this one waits behind it. */
export function TrainForm({ queues }: { queues: boolean }) {
  const save = useEditing((state) => state.save);
  const { preset, minutes, advanced, starting } = useTrainingOptions();
  const { train } = texts;
  const network = usePresetValues().data?.[preset].network ?? 'unet';
  const outlook = useOutlook(outlookOf(preset, advanced, network));
  const pace = usePace(paceRequest(preset, advanced, network), !queues).data;
  const chosen = paceOf(pace, advanced);
  const blocked = outlook.data?.findings.some((finding) => finding.blocks) ?? true;
  const option = (value: Preset) => ({ value, label: train.presets[value].label });

  useEffect(() => {
    if (save === 'saved') void queryClient.invalidateQueries({ queryKey: keys.outlook });
  }, [save]);

  return (
    <>
      <OutlookView outlook={outlook.data} time={timeOf(chosen, minutes, advanced.steps)} />
      <FindingList findings={outlook.data?.findings ?? []} />
      <div className="row">
        <Select
          className="grow"
          aria-label={train.preset}
          data={[
            { group: train.unets, items: PRESETS.map(option) },
            { group: train.otherNetworks, items: OTHER_NETWORKS.map(option) },
          ]}
          value={preset}
          onChange={(value) => useTrainingOptions.setState({ preset: (value ?? 'fast') as Preset })}
        />
        <NumberBox
          name={train.minutes}
          value={advanced.steps === undefined ? minutes : null}
          minimum={0.1}
          maximum={43_200}
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
        held={outlook.data?.validation ?? []}
        onChange={(value) => useTrainingOptions.setState({ advanced: value })}
      />
      <Button
        size="sm"
        fullWidth
        variant={queues ? 'default' : 'filled'}
        loading={starting}
        disabled={blocked || save !== 'saved'}
        leftSection={queues ? <IconPlaylistAdd size={16} /> : <IconPlayerPlay size={16} />}
        onClick={() => void startTraining()}
      >
        {queues ? train.addToQueue : train.start}
      </Button>
    </>
  );
}

type Network = NonNullable<PresetValues[Preset]['network']>;

/** What of a request decides what is trained and validated on. */
function outlookOf(preset: Preset, advanced: TrainRequest, network: Network) {
  const { images, validation, validationGroup, validateOnTraining } = advanced;
  const { depth } = requestOf(preset, 1, advanced, network);
  return {
    preset,
    ...(depth !== undefined && { depth }),
    ...(images !== undefined && { images }),
    ...(validation !== undefined && { validation }),
    ...(validationGroup !== undefined && { validationGroup }),
    ...(validateOnTraining !== undefined && { validateOnTraining }),
  };
}

/** What of a request decides how long a step takes. */
function paceRequest(preset: Preset, advanced: TrainRequest, network: Network): TrainRequest {
  const { baseFilters, depth, tileSize, batchSize, accumulate, backbone } = requestOf(
    preset,
    1,
    advanced,
    network,
  );
  return {
    preset,
    ...(baseFilters !== undefined && { baseFilters }),
    ...(depth !== undefined && { depth }),
    ...(tileSize !== undefined && { tileSize }),
    ...(batchSize !== undefined && { batchSize }),
    ...(accumulate !== undefined && { accumulate }),
    ...(backbone !== undefined && { backbone }),
  };
}

/** The device that will be taken: the one asked for, else the fastest. */
function paceOf(
  pace: readonly TrainingPace[] | undefined,
  { device, engine }: TrainRequest,
): TrainingPace | undefined {
  if (engine === 'tfjs') return undefined;
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
