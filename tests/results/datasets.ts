/** The real data sets of `npm run results`: what is imported, trained on, scored on, and what should be reached. */

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { EvaluationReport } from '../../app/services/requests.ts';

/** One import command: files in order and the label options that go with them. */
export interface ImportStep {
  files: string[];
  options: string[];
}

export interface Dataset {
  name: string;
  what: string;
  imports: ImportStep[];
  train: string;
  score: string;
  /** Reference minutes: on two cores that multiply 2048² float32 matrices at 250 GFLOP/s. */
  minutes: number;
  figures: {
    name: string;
    /** What the main job must reach, and what the engine at full strength should. */
    target: number;
    goal: number;
    better: 'higher' | 'lower';
    plain: string;
    of: (report: EvaluationReport) => number;
  }[];
}

/** Folder of real microscopy: `LIMN_DATA`, else `../shared/data`; null where there is none. */
export function dataFolder(): string | null {
  const folder = resolve(process.env['LIMN_DATA'] ?? join(import.meta.dirname, '../../../shared/data'));
  return existsSync(folder) ? folder : null;
}

/** The data sets, with pairs in the order of their manifests. */
export function datasets(folder: string): Dataset[] {
  const bbbc = manifestImages(folder, 'bbbc039');
  const isbi = manifestImages(folder, 'isbi2012_em');
  const dsb = manifestImages(folder, 'dsb2018_fluo');
  const f1 = (report: EvaluationReport): number => report.overall.instances[0]?.f1 ?? Number.NaN;
  const labels = (name: string, ...options: string[]): string[] => [
    '--labels',
    join(folder, name, 'labels'),
    ...options,
  ];
  return [
    {
      name: 'bbbc039',
      what: 'U2OS nuclei: 12 images to train on, 12 others to score on, in the order of the manifest',
      imports: [
        { files: bbbc.slice(0, 12), options: labels('bbbc039') },
        { files: bbbc.slice(12, 24), options: labels('bbbc039') },
      ],
      train: '0-11',
      score: '12-23',
      minutes: 5,
      figures: [
        { name: 'F1 at IoU 0.5', target: 0.94, goal: 0.95, better: 'higher', plain: '0.937', of: f1 },
        {
          name: 'mean F1 0.5…0.9',
          target: 0.86,
          goal: 0.875,
          better: 'higher',
          plain: '0.855',
          of: (report) => report.overall.meanF1,
        },
      ],
    },
    {
      name: 'bbbc039_partial',
      what: 'the same nuclei from three partly painted images (ten nuclei each, 4 % of the pixels)',
      imports: [
        { files: bbbc.slice(0, 3), options: labels('bbbc039_partial', '--unlabelled', '0') },
        { files: bbbc.slice(12, 24), options: labels('bbbc039') },
      ],
      train: '0-2',
      score: '3-14',
      minutes: 5,
      figures: [
        { name: 'F1 at IoU 0.5', target: 0.88, goal: 0.91, better: 'higher', plain: '0.875', of: f1 },
        {
          name: 'mean F1 0.5…0.9',
          target: 0.8,
          goal: 0.83,
          better: 'higher',
          plain: '0.791',
          of: (report) => report.overall.meanF1,
        },
      ],
    },
    {
      name: 'isbi2012_em',
      what: 'membranes in electron microscopy: slices 0–14 to train on, 15–19 to score on',
      imports: [{ files: isbi, options: labels('isbi2012_em', '--label-kind', 'classes') }],
      train: '0-14',
      score: '15-19',
      minutes: 10,
      figures: [
        {
          name: 'pixel error',
          target: 0.085,
          goal: 0.075,
          better: 'lower',
          plain: '0.083 with 25 slices',
          of: (report) => report.overall.pixelError,
        },
      ],
    },
    {
      name: 'dsb2018_fluo',
      what: 'nuclei from several microscopes: images 0–59 to train on, 60–79 to score on, in the order of the manifest',
      imports: [
        { files: dsb.slice(0, 60), options: labels('dsb2018_fluo') },
        { files: dsb.slice(60, 80), options: labels('dsb2018_fluo') },
      ],
      train: '0-59',
      score: '60-79',
      minutes: 10,
      figures: [{ name: 'F1 at IoU 0.5', target: 0.9, goal: 0.9, better: 'higher', plain: '–', of: f1 }],
    },
  ];
}

function manifestImages(folder: string, name: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, name, 'manifest.json'), 'utf8')) as {
    pairs: { image: string }[];
  };
  return manifest.pairs.map((pair) => join(folder, name, pair.image));
}
