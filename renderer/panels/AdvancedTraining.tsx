/** Advanced training options, folded away; says how many differ from the preset, and marks which. */

import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Preset, PresetValues, TrainRequest } from '../../app/api/types.ts';
import { useModels, usePresetValues, useTrainingChoices } from '../api/queries.ts';
import { NumberBox } from '../controls/NumberBox.tsx';
import { texts } from '../texts.ts';
import { OptionRow, type TrainingOptionProps, without } from './OptionRow.tsx';
import { DeviceOption, InitOption } from './TrainingSource.tsx';
import { ValidationOptions } from './ValidationOptions.tsx';

type NumberOption =
  | 'steps'
  | 'patience'
  | 'baseFilters'
  | 'depth'
  | 'learningRate'
  | 'tileSize'
  | 'batchSize'
  | 'accumulate'
  | 'w0'
  | 'sigmaPx'
  | 'threads'
  | 'seed';

interface NumberRow {
  option: NumberOption;
  minimum: number;
  maximum: number;
  step: number;
}

const LENGTH: readonly NumberRow[] = [
  { option: 'steps', minimum: 1, maximum: 100_000_000, step: 1 },
  { option: 'patience', minimum: 0, maximum: 1_000_000, step: 1 },
];
const NETWORK: readonly NumberRow[] = [
  { option: 'baseFilters', minimum: 1, maximum: 1024, step: 1 },
  { option: 'depth', minimum: 1, maximum: 7, step: 1 },
];
const LEARNING: readonly NumberRow[] = [
  { option: 'learningRate', minimum: 0.000001, maximum: 10, step: 0.000001 },
  { option: 'tileSize', minimum: 16, maximum: 4096, step: 1 },
  { option: 'batchSize', minimum: 1, maximum: 64, step: 1 },
  { option: 'accumulate', minimum: 1, maximum: 1024, step: 1 },
  { option: 'w0', minimum: 0, maximum: 1000, step: 0.1 },
  { option: 'sigmaPx', minimum: 0.1, maximum: 1000, step: 0.1 },
];
const MACHINE: readonly NumberRow[] = [
  { option: 'threads', minimum: 1, maximum: 1024, step: 1 },
  { option: 'seed', minimum: 0, maximum: 4_294_967_295, step: 1 },
];

/** Patience where validation images are held back and nothing is said; the backend has the same. */
const VALIDATED_PATIENCE = 50;

interface AdvancedTrainingProps extends TrainingOptionProps {
  preset: Preset;
  /** Names of the images held back with the present choice. */
  held: readonly string[];
}

export function AdvancedTraining({ preset, value, held, onChange }: AdvancedTrainingProps) {
  const ofPreset = usePresetValues().data?.[preset];
  const [open, setOpen] = useState(false);
  const choices = useTrainingChoices(open).data;
  const models = useModels().data ?? [];
  const { train } = texts;
  const network = ofPreset?.network ?? 'unet';
  const changed = Object.keys(value).length;
  const rows = (numbers: readonly NumberRow[]) =>
    numbers
      .filter(({ option }) => option !== 'depth' || network === 'unet')
      .map(({ option, ...limits }) => (
        <OptionRow key={option} name={train[option]} changed={value[option] !== undefined}>
          <NumberBox
            name={train[option]}
            value={value[option] ?? null}
            {...limits}
            placeholder={placeholderOf(option, ofPreset, value, choices?.threads)}
            onChange={(number) => onChange({ ...value, [option]: number })}
            onClear={() => onChange(without(value, option))}
          />
        </OptionRow>
      ));
  return (
    <details className="advanced" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {train.advanced}
        {changed > 0 && <span className="soft">{` · ${train.advancedChanged(changed)}`}</span>}
      </summary>
      <div className="advanced-grid">
        {rows(LENGTH)}
        <InitOption value={value} onChange={onChange} models={models} bases={choices?.baseModels ?? []} />
        {rows(NETWORK)}
        {network === 'fcn' && <BackboneOptions value={value} onChange={onChange} />}
        <OptionRow name={train.layers} changed={value.layers !== undefined}>
          <Select
            aria-label={train.layers}
            data={[
              { value: 'all', label: train.layersAll },
              { value: 'output', label: train.layersOutput },
            ]}
            value={value.layers ?? 'all'}
            onChange={(layers) =>
              onChange(layers === 'output' ? { ...value, layers } : without(value, 'layers'))
            }
          />
        </OptionRow>
        {rows(LEARNING)}
        <OptionRow name={train.orientation} changed={value.orientation !== undefined}>
          <Select
            aria-label={train.orientation}
            data={(['auto', 'any', 'kept'] as const).map((one) => ({
              value: one,
              label: train.orientations[one],
            }))}
            value={value.orientation ?? 'auto'}
            onChange={(orientation) =>
              onChange(
                orientation === 'any' || orientation === 'kept'
                  ? { ...value, orientation }
                  : without(value, 'orientation'),
              )
            }
          />
        </OptionRow>
        <ValidationOptions value={value} onChange={onChange} held={held} />
        <DeviceOption value={value} onChange={onChange} devices={choices?.devices} />
        {rows(MACHINE)}
      </div>
      {changed > 0 && (
        <button type="button" className="link-button advanced-reset" onClick={() => onChange({})}>
          {train.advancedReset}
        </button>
      )}
    </details>
  );
}

/** What stands where nothing was entered: what the preset has, so that defaults are seen. */
function placeholderOf(
  option: NumberOption,
  ofPreset: PresetValues[Preset] | undefined,
  value: TrainRequest,
  threads: number | undefined,
): string {
  const { train } = texts;
  switch (option) {
    case 'steps':
      return train.byMinutes;
    case 'patience':
      return value.validation === undefined ? train.never : String(VALIDATED_PATIENCE);
    case 'threads':
      return threads === undefined ? train.byPreset : String(threads);
    case 'seed':
    case 'accumulate':
      return String((option === 'accumulate' && ofPreset?.accumulate) || 1);
    default:
      return ofPreset === undefined ? train.byPreset : String(ofPreset[option]);
  }
}

/** Which classifier an FCN is made of, and the file with its weights. */
function BackboneOptions({ value, onChange }: TrainingOptionProps) {
  const { train } = texts;
  return (
    <>
      <OptionRow name={train.backbone} changed={value.backbone !== undefined}>
        <Select
          aria-label={train.backbone}
          data={['vgg16', 'alexnet', 'googlenet']}
          value={value.backbone ?? 'vgg16'}
          onChange={(backbone) =>
            onChange(
              backbone === 'alexnet' || backbone === 'googlenet'
                ? { ...value, backbone }
                : without(value, 'backbone'),
            )
          }
        />
      </OptionRow>
      <OptionRow name={train.backboneWeights} changed={value.backboneWeights !== undefined}>
        <TextInput
          aria-label={train.backboneWeights}
          title={train.backboneWeightsHint}
          placeholder={train.backboneWeightsExample}
          value={value.backboneWeights ?? ''}
          onChange={({ currentTarget: { value: path } }) =>
            onChange(
              path.trim() === ''
                ? without(value, 'backboneWeights')
                : { ...without(value, 'init'), backboneWeights: path },
            )
          }
        />
      </OptionRow>
    </>
  );
}
