/** Numbers that people choose, checked against what can work. */

import { LimnError } from '../errors.ts';

/** A number and where it must lie. */
export interface Limit {
  name: string;
  value: number;
  from: number;
  to: number;
  whole?: boolean;
  /** True where `from` itself is not allowed. */
  above?: boolean;
}

/** Throws WrongUsage with a sentence where the value lies outside. */
export function checkLimit({ name, value, from, to, whole = false, above = false }: Limit): void {
  const tooLow = above ? value <= from : value < from;
  if (Number.isFinite(value) && !tooLow && value <= to && (!whole || Number.isInteger(value))) return;
  const kind = whole ? 'a whole number' : 'a number';
  const lower = above ? `above ${from}` : `from ${from}`;
  throw new LimnError(
    'WrongUsage',
    `The ${name} must be ${kind} ${lower} to ${to}, not ${value}; change it and start again.`,
    {
      fields: { name, value },
    },
  );
}
