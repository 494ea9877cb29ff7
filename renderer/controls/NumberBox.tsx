/** A number field (role spin button) that takes a value on Enter, on leaving, or by its arrows, and keeps it in range. */

import { useEffect, useState } from 'react';

interface NumberBoxProps {
  name: string;
  value: number | null;
  minimum: number;
  maximum: number;
  step: number;
  placeholder?: string;
  disabled?: boolean;
  autoFocus?: boolean;
  onChange(value: number): void;
  /** An emptied field; without it the last value comes back. */
  onClear?(): void;
}

export function NumberBox(props: NumberBoxProps) {
  const { value, minimum, maximum, step } = props;
  const shown = value === null ? '' : formatNumber(value, step);
  const [draft, setDraft] = useState(shown);
  useEffect(() => setDraft(shown), [shown]);

  const take = (text: string) => {
    if (text.trim() === '' && props.onClear) {
      props.onClear();
      return;
    }
    const number = Number(text);
    if (text.trim() === '' || !Number.isFinite(number)) setDraft(shown);
    else {
      const kept = Math.min(maximum, Math.max(minimum, number));
      setDraft(formatNumber(kept, step));
      if (kept !== value) props.onChange(kept);
    }
  };

  return (
    <input
      type="number"
      className="number-box"
      aria-label={props.name}
      min={minimum}
      max={maximum}
      step={step}
      value={draft}
      placeholder={props.placeholder}
      disabled={props.disabled}
      // biome-ignore lint/a11y/noAutofocus: only where a click has just asked for this box.
      autoFocus={props.autoFocus}
      onChange={(event) => {
        setDraft(event.target.value);
        const number = event.target.valueAsNumber;
        if (number >= minimum && number <= maximum && number !== value) props.onChange(number);
      }}
      onBlur={(event) => take(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take(event.currentTarget.value);
        event.stopPropagation();
      }}
    />
  );
}

function formatNumber(value: number, step: number): string {
  const decimals = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step)));
  return String(Number(value.toFixed(decimals)));
}
