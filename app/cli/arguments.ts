/** Reads option values of the command line; everything malformed is wrong usage with a sentence. */

import { InvalidArgumentError } from 'commander';

/** A parser of whole numbers in [minimum, maximum]. */
export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text.trim()) || value < minimum || value > maximum)
      throw new InvalidArgumentError(`It must be a whole number ${range(minimum, maximum)}.`);
    return value;
  };
}

/** A parser of positive numbers. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

/** A parser of numbers that are 0 or more. */
export function nonNegativeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('It must be 0 or a number above 0.');
  return value;
}

/** A parser of probabilities. */
export function probability(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return value;
}

/** `nucleus,cytoplasm` → names; empty and double names are refused. */
export function nameList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === ''))
    throw new InvalidArgumentError('It must be names with commas between them, such as "nucleus,membrane".');
  if (new Set(names).size !== names.length) throw new InvalidArgumentError('A name stands in it twice.');
  return names;
}

/** `0,1` → channel numbers. */
export function channelList(text: string): number[] {
  const numbers = text.split(',').map((part) => Number(part.trim()));
  if (!/^\s*\d+(\s*,\s*\d+)*\s*$/.test(text))
    throw new InvalidArgumentError(
      'It must be channel numbers from 0 with commas between them, such as "0,2".',
    );
  if (new Set(numbers).size !== numbers.length)
    throw new InvalidArgumentError('A channel stands in it twice.');
  return numbers;
}

/** `0=background,128=mitochondrion` → grey value → name. */
export function valueMap(text: string): Record<number, string> {
  const map: Record<number, string> = {};
  for (const part of text.split(',')) {
    const match = /^\s*(\d+)\s*=\s*(.*\S)\s*$/.exec(part);
    const value = match?.[1];
    const name = match?.[2];
    if (value === undefined || name === undefined)
      throw new InvalidArgumentError('It must look like "0=background,128=mitochondrion,255=unlabelled".');
    if (map[Number(value)] !== undefined)
      throw new InvalidArgumentError(`The value ${value} stands in it twice.`);
    map[Number(value)] = name;
  }
  return map;
}

function range(minimum: number, maximum: number): string {
  return maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
}
