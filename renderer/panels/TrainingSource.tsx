/** What a training begins with and what computes it: every choice there is, those that cannot be with their reason. */

import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ModelSummary, TrainingChoice } from '../../app/api/types.ts';
import { texts } from '../texts.ts';
import { OptionRow, type TrainingOptionProps, without } from './OptionRow.tsx';

const FILE = 'file';

interface InitOptionProps extends TrainingOptionProps {
  models: readonly ModelSummary[];
  bases: readonly TrainingChoice[];
}

/** Scratch, a model of the project, a base model, or a file of Limn's. */
export function InitOption({ value, onChange, models, bases }: InitOptionProps) {
  const { train } = texts;
  const { init } = value;
  const known =
    init === undefined ||
    models.some((model) => String(model.modelId) === init) ||
    bases.some((base) => base.name === init);
  const [asksFile, setAsksFile] = useState(false);
  const isFile = asksFile || !known;
  const choose = (chosen: string | null) => {
    setAsksFile(chosen === FILE);
    if (chosen === null || chosen === 'scratch' || chosen === FILE) onChange(without(value, 'init'));
    else onChange({ ...without(value, 'backboneWeights'), init: chosen });
  };
  return (
    <>
      <OptionRow name={train.init} changed={init !== undefined}>
        <Select
          aria-label={train.init}
          comboboxProps={{ width: 280, position: 'bottom-end', shadow: 'md' }}
          data={[
            { value: 'scratch', label: train.initScratch },
            {
              group: train.initModels,
              items: models.map((model) => ({ value: String(model.modelId), label: model.name })),
            },
            {
              group: train.initBases,
              items: bases.map(({ name, available }) => ({ value: name, label: name, disabled: !available })),
            },
            { value: FILE, label: train.initFile },
          ]}
          renderOption={({ option }) => (
            <Choice choice={bases.find(({ name }) => name === option.value)} label={option.label} />
          )}
          value={isFile ? FILE : (init ?? 'scratch')}
          onChange={choose}
        />
      </OptionRow>
      {isFile && (
        <TextInput
          className="option-wide"
          aria-label={train.initPath}
          placeholder={train.initPathExample}
          value={init ?? ''}
          onChange={({ currentTarget: { value: path } }) =>
            onChange(
              path.trim() === ''
                ? without(value, 'init')
                : { ...without(value, 'backboneWeights'), init: path },
            )
          }
        />
      )}
    </>
  );
}

interface DeviceOptionProps extends TrainingOptionProps {
  devices: readonly TrainingChoice[] | undefined;
}

/** The fastest device, or one by name; TensorFlow.js is an engine of its own that chooses its device itself. */
export function DeviceOption({ value, onChange, devices = [] }: DeviceOptionProps) {
  const { train } = texts;
  const chosen = value.engine === 'tfjs' ? 'tfjs' : (value.device ?? 'auto');
  const choose = (name: string | null) => {
    const rest = without(value, 'device', 'engine');
    if (name === 'tfjs') onChange({ ...rest, engine: 'tfjs' });
    else if (name === 'cpu' || name === 'webgpu' || name === 'cuda' || name === 'dml')
      onChange({ ...rest, device: name });
    else onChange(rest);
  };
  return (
    <OptionRow name={train.device} changed={chosen !== 'auto'}>
      <Select
        aria-label={train.device}
        comboboxProps={{ width: 290, position: 'bottom-end', shadow: 'md' }}
        data={[
          { value: 'auto', label: train.deviceAuto },
          ...devices.map(({ name, available }) => ({
            value: name,
            label: train.devices[name as keyof typeof train.devices] ?? name,
            disabled: !available,
          })),
        ]}
        renderOption={({ option }) => (
          <Choice choice={devices.find(({ name }) => name === option.value)} label={option.label} />
        )}
        value={chosen}
        onChange={choose}
      />
    </OptionRow>
  );
}

/** A choice with what it is or, where it cannot be taken, why. */
function Choice({ choice, label }: { choice: TrainingChoice | undefined; label: string }) {
  const below = choice && (choice.available ? choice.description : choice.reason);
  return (
    <span>
      {label}
      {below && <span className="soft choice-reason">{below}</span>}
    </span>
  );
}
