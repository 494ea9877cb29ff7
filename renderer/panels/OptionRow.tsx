/** One row of the training options: a name that is marked where it differs from the preset, and its control. */

import { Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import type { TrainRequest } from '../../app/api/types.ts';
import { texts } from '../texts.ts';

export interface TrainingOptionProps {
  value: TrainRequest;
  onChange(value: TrainRequest): void;
}

/** The request without an option, which then follows the preset. */
export function without(request: TrainRequest, ...options: (keyof TrainRequest)[]): TrainRequest {
  const rest = { ...request };
  for (const option of options) delete rest[option];
  return rest;
}

interface OptionRowProps {
  name: string;
  changed: boolean;
  hint?: string;
  children: ReactNode;
}

/** A name that is marked where its option differs from the preset, and its control. */
export function OptionRow({ name, changed, hint, children }: OptionRowProps) {
  return (
    <>
      <span className="option-name" data-changed={changed} title={hint}>
        {name}
        {changed && (
          <span role="img" aria-label={texts.train.changed}>
            {' ●'}
          </span>
        )}
      </span>
      {children}
    </>
  );
}

export function OptionCheckbox(props: {
  name: string;
  hint: string;
  checked: boolean;
  onChange(on: boolean): void;
}) {
  return (
    <Checkbox
      className="option-wide"
      label={props.name}
      title={props.hint}
      checked={props.checked}
      onChange={(event) => props.onChange(event.currentTarget.checked)}
    />
  );
}
