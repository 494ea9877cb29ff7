/** Which images are trained on and which are held back: a share, by name, or whole groups such as slides, animals or days. */

import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { texts } from '../texts.ts';
import { OptionCheckbox, OptionRow, type TrainingOptionProps, without } from './OptionRow.tsx';

/** Groups that names of images often tell; the capture is the group. */
const GROUPS = { first: '^([^_-]+)[_-]', last: '^(.+)[_-]', date: '(\\d{4}-?\\d{2}-?\\d{2})' } as const;
const OWN = 'own';
const ALONE = 'alone';

export function ValidationOptions({
  value,
  onChange,
  held,
}: TrainingOptionProps & { held: readonly string[] }) {
  const { train } = texts;
  const group = value.validationGroup;
  const [asksPattern, setAsksPattern] = useState(false);
  const known = Object.entries(GROUPS).find(([, pattern]) => pattern === group)?.[0];
  const chosen = group === undefined ? (asksPattern ? OWN : ALONE) : (known ?? OWN);
  const chooseGroup = (name: string | null) => {
    setAsksPattern(name === OWN);
    const pattern = name === null ? undefined : GROUPS[name as keyof typeof GROUPS];
    if (pattern === undefined) onChange(without(value, 'validationGroup'));
    else onChange({ ...value, validation: shareOf(value.validation), validationGroup: pattern });
  };
  const text = (option: 'images' | 'validation') => (entered: string) =>
    onChange(entered.trim() === '' ? without(value, option) : { ...value, [option]: entered });
  return (
    <>
      <OptionRow name={train.images} changed={value.images !== undefined} hint={train.imagesHint}>
        <TextInput
          aria-label={train.images}
          placeholder={train.allLabelled}
          title={train.imagesHint}
          value={value.images ?? ''}
          onChange={(event) => text('images')(event.currentTarget.value)}
        />
      </OptionRow>
      <OptionRow name={train.validation} changed={value.validation !== undefined} hint={train.validationHint}>
        <TextInput
          aria-label={train.validation}
          placeholder={train.none}
          title={train.validationHint}
          value={value.validation ?? ''}
          onChange={(event) => text('validation')(event.currentTarget.value)}
        />
      </OptionRow>
      <OptionRow name={train.group} changed={group !== undefined} hint={train.groupHint}>
        <Select
          aria-label={train.group}
          title={train.groupHint}
          comboboxProps={{ width: 260, position: 'bottom-end', shadow: 'md' }}
          data={[
            { value: ALONE, label: train.groups.alone },
            { value: 'first', label: train.groups.first },
            { value: 'last', label: train.groups.last },
            { value: 'date', label: train.groups.date },
            { value: OWN, label: train.groups.own },
          ]}
          value={chosen}
          onChange={chooseGroup}
        />
      </OptionRow>
      {chosen === OWN && (
        <TextInput
          className="option-wide"
          aria-label={train.groupPattern}
          placeholder="^(mouse[0-9]+)_"
          value={group ?? ''}
          onChange={({ currentTarget: { value: pattern } }) =>
            onChange(
              pattern.trim() === ''
                ? without(value, 'validationGroup')
                : { ...value, validation: shareOf(value.validation), validationGroup: pattern },
            )
          }
        />
      )}
      <p className="soft option-wide">{train.held(held)}</p>
      <OptionCheckbox
        name={train.validateOnTraining}
        hint={train.validateOnTrainingHint}
        checked={value.validateOnTraining ?? false}
        onChange={(on) =>
          onChange(on ? { ...value, validateOnTraining: true } : without(value, 'validateOnTraining'))
        }
      />
    </>
  );
}

/** Groups are held back by a share: the one there is, else a fifth. */
function shareOf(validation: string | undefined): string {
  return validation !== undefined && /^0?\.\d+$/.test(validation.trim()) ? validation : '0.2';
}
