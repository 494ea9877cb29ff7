/** Advanced training options, folded away; says how many differ from the preset. */

import { Select, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Preset, TrainRequest } from '../../app/api/types.ts';
import { useDevices, useModels, usePresetValues } from '../api/queries.ts';
import { NumberBox } from '../controls/NumberBox.tsx';
import { texts } from '../texts.ts';

type NumberOption = 'steps' | 'baseFilters' | 'depth' | 'learningRate' | 'tileSize' | 'batchSize' | 'seed';

const NUMBERS: readonly { option: NumberOption; minimum: number; maximum: number; step: number }[] = [
  { option: 'steps', minimum: 1, maximum: 10_000_000, step: 1 },
  { option: 'baseFilters', minimum: 2, maximum: 128, step: 1 },
  { option: 'depth', minimum: 1, maximum: 6, step: 1 },
  { option: 'learningRate', minimum: 0.000001, maximum: 1, step: 0.000001 },
  { option: 'tileSize', minimum: 16, maximum: 2048, step: 16 },
  { option: 'batchSize', minimum: 1, maximum: 64, step: 1 },
  { option: 'seed', minimum: 0, maximum: 2_147_483_647, step: 1 },
];

interface AdvancedTrainingProps {
  preset: Preset;
  value: TrainRequest;
  onChange(value: TrainRequest): void;
}

/** The request without an option, which then follows the preset. */
function without(request: TrainRequest, option: keyof TrainRequest): TrainRequest {
  const { [option]: _dropped, ...rest } = request;
  return rest;
}

/** What stands where nothing was entered: the preset's value, so that defaults are seen. */
function placeholderOf(
  option: NumberOption,
  ofPreset: Partial<Record<NumberOption, unknown>> | undefined,
): string {
  const { train } = texts;
  if (option === 'steps') return train.byMinutes;
  const value = ofPreset?.[option];
  return value === undefined ? train.byPreset : String(value);
}

export function AdvancedTraining({ preset, value, onChange }: AdvancedTrainingProps) {
  const ofPreset = usePresetValues().data?.[preset];
  const devices = useDevices();
  const models = useModels();
  const { train } = texts;
  const changed = Object.keys(value).length;
  const available = devices.data?.filter((device) => device.available) ?? [];
  const text = (option: 'validation') => (entered: string) =>
    onChange(entered.trim() === '' ? without(value, option) : { ...value, [option]: entered });
  return (
    <details className="advanced">
      <summary>
        {train.advanced}
        {changed > 0 && <span className="soft">{` · ${train.advancedChanged(changed)}`}</span>}
      </summary>
      <div className="advanced-grid">
        {NUMBERS.map(({ option, minimum, maximum, step }) => (
          <NumberOptionRow key={option} name={train[option]}>
            <NumberBox
              name={train[option]}
              value={value[option] ?? null}
              minimum={minimum}
              maximum={maximum}
              step={step}
              placeholder={placeholderOf(option, ofPreset)}
              onChange={(number) => onChange({ ...value, [option]: number })}
              onClear={() => onChange(without(value, option))}
            />
          </NumberOptionRow>
        ))}
        <span>{train.device}</span>
        <Select
          aria-label={train.device}
          data={['auto', ...available.map((device) => device.name)]}
          value={value.device ?? 'auto'}
          onChange={(device) =>
            onChange(
              device === 'cpu' || device === 'webgpu' ? { ...value, device } : without(value, 'device'),
            )
          }
        />
        <span>{train.init}</span>
        <Select
          aria-label={train.init}
          data={[
            { value: 'scratch', label: train.initScratch },
            ...(models.data ?? []).map((model) => ({ value: String(model.modelId), label: model.name })),
          ]}
          value={value.init ?? 'scratch'}
          onChange={(init) =>
            onChange(init === null || init === 'scratch' ? without(value, 'init') : { ...value, init })
          }
        />
        <span title={train.validationHint}>{train.validation}</span>
        <TextInput
          aria-label={train.validation}
          placeholder={train.byPreset}
          title={train.validationHint}
          value={value.validation ?? ''}
          onChange={(event) => text('validation')(event.currentTarget.value)}
        />
      </div>
    </details>
  );
}

function NumberOptionRow({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <span>{name}</span>
      {children}
    </>
  );
}
