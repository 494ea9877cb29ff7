/** Columns of the tables of runs and of models. */

import type { ModelSummary, RunSummary } from '../../app/api/types.ts';
import type { Column } from '../controls/DataTable.tsx';
import { duration, texts } from '../texts.ts';

const figure = (value: number | null, digits = 3): string =>
  value === null ? '–' : value.toPrecision(digits);
const dateOf = (iso: string): string =>
  new Date(iso).toLocaleString('en', { dateStyle: 'short', timeStyle: 'short' });

/** What a run or training begins with, in words. */
export function initName(init: string, models: readonly ModelSummary[]): string {
  if (init === 'scratch') return texts.train.initScratch;
  return models.find((model) => String(model.modelId) === init)?.name ?? init;
}

const number = (id: keyof RunSummary, name: string, width: number, digits?: number): Column<RunSummary> => ({
  id,
  name,
  width,
  isNumber: true,
  value: (run) => run[id] as number | null,
  ...(digits !== undefined && { show: (run: RunSummary) => figure(run[id] as number | null, digits) }),
});

export const runColumns = (models: readonly ModelSummary[]): Column<RunSummary>[] => {
  const { runs, train } = texts;
  return [
    number('runId', runs.columns.run, 52),
    { id: 'state', name: runs.columns.state, width: 88, value: (run) => train.states[run.state] },
    { id: 'preset', name: runs.columns.preset, width: 100, value: (run) => train.presets[run.preset].label },
    number('bestValidationIou', 'IoU', 62, 3),
    number('bestValidationF1', 'F1', 62, 3),
    number('bestValidationLoss', runs.columns.validationLoss, 84, 3),
    number('lastLoss', runs.columns.loss, 70, 3),
    number('step', runs.columns.steps, 70),
    {
      id: 'seconds',
      name: runs.columns.time,
      width: 96,
      isNumber: true,
      value: (run) => run.seconds,
      show: (run) => duration(run.seconds),
    },
    number('imageCount', runs.columns.images, 66),
    number('validationCount', runs.columns.validation, 78),
    { id: 'init', name: runs.columns.init, width: 104, value: (run) => initName(run.init, models) },
    { id: 'device', name: runs.columns.device, width: 74, value: (run) => run.device },
    number('seed', runs.columns.seed, 58),
    {
      id: 'startedAt',
      name: runs.columns.started,
      width: 132,
      value: (run) => run.startedAt,
      show: (run) => dateOf(run.startedAt),
    },
    { id: 'version', name: runs.columns.version, width: 110, value: (run) => run.version },
  ];
};

export const modelColumns = (): Column<ModelSummary>[] => {
  const { runs } = texts;
  return [
    {
      id: 'modelId',
      name: runs.columns.model,
      width: 60,
      isNumber: true,
      value: (model) => model.modelId,
    },
    { id: 'name', name: runs.columns.name, width: 150, value: (model) => model.name },
    { id: 'role', name: runs.columns.role, width: 80, value: (model) => runs.roles[model.role] },
    { id: 'runId', name: runs.columns.run, width: 56, isNumber: true, value: (model) => model.runId },
    { id: 'step', name: runs.columns.step, width: 70, isNumber: true, value: (model) => model.step },
    {
      id: 'validationLoss',
      name: runs.columns.validationLoss,
      width: 90,
      isNumber: true,
      value: (model) => model.validationLoss,
      show: (model) => figure(model.validationLoss),
    },
    {
      id: 'classes',
      name: runs.columns.classes,
      width: 180,
      value: (model) => model.classNames.slice(1).join(', '),
    },
    {
      id: 'parameters',
      name: runs.columns.parameters,
      width: 96,
      isNumber: true,
      value: (model) => model.parameters,
      show: (model) => model.parameters.toLocaleString('en'),
    },
    {
      id: 'byteLength',
      name: runs.columns.size,
      width: 76,
      isNumber: true,
      value: (model) => model.byteLength,
      show: (model) => runs.megabytes(model.byteLength),
    },
    {
      id: 'pixelSizeUm',
      name: runs.columns.pixelSize,
      width: 90,
      isNumber: true,
      value: (model) => model.pixelSizeUm,
      show: (model) => (model.pixelSizeUm === null ? '–' : `${figure(model.pixelSizeUm)} µm`),
    },
    {
      id: 'predictedImages',
      name: runs.columns.predictedImages,
      width: 92,
      isNumber: true,
      value: (model) => model.predictedImages,
    },
    {
      id: 'createdAt',
      name: runs.columns.made,
      width: 132,
      value: (model) => model.createdAt,
      show: (model) => dateOf(model.createdAt),
    },
  ];
};
