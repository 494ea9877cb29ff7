/** A slider with its name and a number box; a native range input, so that keyboard and screen readers know it. */

import type { CSSProperties } from 'react';
import { NumberBox } from './NumberBox.tsx';

interface LabelledSliderProps {
  label: string;
  /** Accessible name where it differs from the visible label. */
  name?: string;
  value: number;
  minimum: number;
  maximum: number;
  step: number;
  hint?: string;
  unit?: string;
  disabled?: boolean;
  /** Accessible name and largest value of the box, where they differ from the slider's. */
  boxName?: string;
  boxMaximum?: number;
  onChange(value: number): void;
}

export function LabelledSlider(props: LabelledSliderProps) {
  const { label, value, minimum, maximum, step, onChange } = props;
  const name = props.name ?? label;
  const share = maximum > minimum ? (value - minimum) / (maximum - minimum) : 0;
  return (
    <div className="slider" title={props.hint}>
      <span className="slider-label">{label}</span>
      <input
        type="range"
        aria-label={name}
        min={minimum}
        max={maximum}
        step={step}
        value={value}
        disabled={props.disabled}
        style={{ '--share': `${Math.min(1, Math.max(0, share)) * 100}%` } as CSSProperties}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <NumberBox
        name={props.boxName ?? `${name} value`}
        value={value}
        minimum={minimum}
        maximum={props.boxMaximum ?? maximum}
        step={step}
        disabled={props.disabled ?? false}
        onChange={onChange}
      />
      {props.unit !== undefined && <span className="slider-unit">{props.unit}</span>}
    </div>
  );
}
