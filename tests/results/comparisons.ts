/** Pairs and rows of trainings that answer a question: what does the border term bring, a base model, a preset? */

import type { HyperParameters } from '../../app/engine/training/hyperParameters.ts';
import type { EvaluationReport, Preset } from '../../app/services/requests.ts';
import { PRESETS } from '../../app/services/trainingPresets.ts';
import type { Dataset } from './datasets.ts';

/** One way of training. */
export interface Arm {
  name: string;
  recipe: HyperParameters;
  /** Of `limn train`. */
  options: string[];
  referenceMinutes: number;
}

export interface Comparison {
  name: string;
  question: string;
  dataset: Dataset;
  arms: Arm[];
  figures: { name: string; digits: number; of: (report: EvaluationReport) => number }[];
}

const SGD_RATES = ['1e-2', '1e-3', '1e-4'];

/** All comparisons on the given data sets. */
export function comparisons(sets: readonly Dataset[]): Comparison[] {
  const named = (name: string): Dataset => {
    const found = sets.find((set) => set.name === name);
    if (found === undefined) throw new Error(`No data set is named ${name}.`);
    return found;
  };
  return [
    separation(named('bbbc039')),
    baseModel(named('bbbc039_partial'), 'nuclei'),
    baseModel(named('isbi2012_em'), 'membranes'),
    ...sets.map(presets),
  ];
}

function separation(dataset: Dataset): Comparison {
  const arm = (name: string, options: string[]): Arm => ({
    name,
    recipe: PRESETS.fast,
    options,
    referenceMinutes: dataset.minutes,
  });
  return {
    name: 'separation',
    question:
      'Does the border term of the weight map keep touching nuclei apart? Merged: reference objects beyond the first that one predicted object holds.',
    dataset,
    arms: [arm('with border term (w0 = 10)', []), arm('without (w0 = 0)', ['--w0', '0'])],
    figures: [
      { name: 'merged', digits: 0, of: ({ overall }) => overall.mergedObjects },
      { name: 'split', digits: 0, of: ({ overall }) => overall.splitObjects },
      ...figuresOf(dataset),
    ],
  };
}

function baseModel(dataset: Dataset, init: string): Comparison {
  return {
    name: `base-${init}`,
    question: `What does it bring to start from the base model \`${init}\`, trained on simulated images only?`,
    dataset,
    arms: [1, 5].flatMap((minutes) =>
      ['scratch', init].map((start) => ({
        name: `${start}, ${minutes} min`,
        recipe: PRESETS.fast,
        options: ['--init', start],
        referenceMinutes: minutes,
      })),
    ),
    figures: figuresOf(dataset),
  };
}

/** Each preset of the paper at each of its rates, so that the best of them is compared. */
function presets(dataset: Dataset): Comparison {
  const arm = (preset: Preset, rate: string | null): Arm => ({
    name: rate === null ? preset : `${preset}, rate ${rate}`,
    recipe: PRESETS[preset],
    options: ['--preset', preset, ...(rate === null ? [] : ['--learning-rate', rate])],
    referenceMinutes: dataset.minutes,
  });
  return {
    name: `presets-${dataset.name}`,
    question: 'Which preset is best after the same time?',
    dataset,
    arms: [
      arm('fast', null),
      ...SGD_RATES.map((rate) => arm('paper-narrow', rate)),
      ...SGD_RATES.map((rate) => arm('paper', rate)),
    ],
    figures: figuresOf(dataset),
  };
}

function figuresOf(dataset: Dataset): Comparison['figures'] {
  return dataset.figures.map(({ name, of }) => ({ name, digits: 4, of }));
}
