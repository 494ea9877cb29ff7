/** Commands around networks: train, runs, models, predict, evaluate, export-model. */

import type { Command } from 'commander';
import { LimnError } from '../errors.ts';
import { acceptPredictions } from '../services/acceptService.ts';
import { evaluate } from '../services/evaluationService.ts';
import { exportModel, listModels } from '../services/modelService.ts';
import { predictImages } from '../services/predictionService.ts';
import {
  BACKBONES,
  ENGINES,
  type EvaluateRequest,
  type EvaluationReport,
  PRESET_NAMES,
  type PredictRequest,
  type TrainEvent,
  type TrainRequest,
} from '../services/requests.ts';
import { listRuns, TrainingService } from '../services/trainingService.ts';
import { nonNegativeNumber, positiveNumber, probability, wholeNumber } from './arguments.ts';
import { type AddCommand, withEngine, withProject } from './command.ts';
import { deviceOption, oneOf } from './options.ts';
import { formatNumber, formatSeconds, formatTable, type Output } from './output.ts';

const runNumber = wholeNumber(1);
const imagesHelp = 'positions A-B in import order (from 0), or names with commas between them';
const modelHelp = 'best (of the newest run), last, or a model number from "limn models"';
/** Which model works on which images, and where. */
function addModelOptions(command: Command): void {
  command
    .option('--model <model>', modelHelp)
    .option('--images <selection>', imagesHelp)
    .addOption(deviceOption());
}

export function addTrainCommands(add: AddCommand): void {
  add(
    'train <project>',
    'Train or fine-tune a network on the labelled pixels; Ctrl-C keeps the last checkpoint.',
    'limn train cells.limn --minutes 5 --validation 0.2',
    (command) =>
      command
        .addOption(oneOf('--preset <name>', 'recipe', PRESET_NAMES).default('fast'))
        .addOption(
          oneOf('--backbone <name>', 'classifier that an FCN is made of (default: vgg16)', BACKBONES),
        )
        .option('--backbone-weights <file>', 'ONNX file of that classifier, whose layers an FCN begins with')
        .option(
          '--base-filters <number>',
          'filters of the first level; of an FCN 64 is the published width',
          wholeNumber(1, 1024),
        )
        .option('--depth <number>', 'number of poolings', wholeNumber(1, 7))
        .addOption(oneOf('--layers <which>', 'layers that learn (default: all)', ['all', 'output']))
        .option('--minutes <number>', 'train for this long', positiveNumber)
        .option('--steps <number>', 'train for this many steps', wholeNumber(1))
        .option('--images <selection>', imagesHelp)
        .option('--validation <selection>', 'images held back: as --images, or a share such as 0.2')
        .addOption(oneOf('--engine <name>', 'what computes the training', ENGINES).default('onnx'))
        .addOption(deviceOption())
        .option('--seed <number>', 'same seed, same run', wholeNumber(0, 2 ** 32 - 1))
        .option(
          '--init <model>',
          '"scratch", "nuclei" or "membranes" (made by npm run base-models), a model number, or a .onnx made by Limn',
        )
        .option('--learning-rate <number>', 'highest rate of the schedule', positiveNumber)
        .option('--tile-size <pixels>', 'side of a training tile', wholeNumber(16, 4096))
        .option('--batch-size <number>', 'tiles a step', wholeNumber(1, 64))
        .option('--w0 <number>', 'height of the border term of the weight map', nonNegativeNumber)
        .option('--sigma <pixels>', 'width of the border term', positiveNumber)
        .addOption(
          oneOf(
            '--orientation <which>',
            'turn and mirror tiles (any), or leave them as they lie (kept); auto: kept where classes differ in direction',
            ['auto', 'any', 'kept'],
          ),
        )
        .option('--accumulate <number>', 'passes of that many tiles to one update', wholeNumber(1, 1024))
        .option(
          '--patience <number>',
          'end after so many validations without a lower loss (50; 0: never)',
          wholeNumber(0),
        )
        .option(
          '--validation-group <pattern>',
          'images with the same capture in their names stay together, such as "^(mouse[0-9]+)_"',
        )
        .option('--validate-on-training', 'let images be trained and validated on')
        .option('--threads <number>', 'CPU threads', wholeNumber(1, 1024))
        .option(
          '--resume [run]',
          'go on with an interrupted or stopped run (the newest, or this number)',
          runNumber,
        ),
    async ({ output, signal, given }, [path = ''], options) => {
      const {
        resume,
        sigma: sigmaPx,
        ...rest
      }: TrainRequest & { resume?: number | true; sigma?: number } = options;
      const request: TrainRequest = { ...rest, ...(sigmaPx !== undefined && { sigmaPx }) };
      const others = given.filter((flag) => flag !== '--resume');
      if (resume !== undefined && others.length > 0)
        throw new LimnError(
          'WrongUsage',
          `A resumed run goes on as it was planned. Leave out ${others.join(' and ')}, or start a new run without --resume.`,
        );
      if (request.minutes !== undefined && request.steps !== undefined)
        throw new LimnError('WrongUsage', 'Give either --minutes or --steps, not both.');
      const runId = typeof resume === 'number' ? resume : undefined;
      const summary = await withProject(path, 'write', (project) =>
        withEngine(async (engine) => {
          const service = new TrainingService(engine);
          const onEvent = (event: TrainEvent) => showTrainEvent(output, event);
          return resume === undefined
            ? await service.train(project, request, { signal, onEvent })
            : await service.resume(project, runId, { signal, onEvent });
        }),
      );
      // A run that was at its end when the wish came has its model and nothing to go on with.
      if (signal.aborted && summary.state === 'interrupted') {
        output.note(
          `Interrupted at step ${summary.step}; the checkpoint is kept. Go on with: limn train ${path} --resume ${summary.runId}`,
        );
        return 130;
      }
      return summary.state === 'failed' ? 4 : 0;
    },
  );

  add(
    'runs <project>',
    'List the training runs.',
    'limn runs cells.limn',
    () => undefined,
    async ({ output }, [path = '']) => {
      const runs = await withProject(path, 'read', async (project) => listRuns(project));
      const rows = runs.map((run) => [
        run.runId,
        run.state,
        run.preset,
        run.device,
        run.step,
        formatNumber(run.lastLoss),
        formatNumber(run.bestValidationLoss),
        formatNumber(run.bestValidationIou),
        formatNumber(run.bestValidationF1),
        formatSeconds(run.seconds),
        run.modelId,
        run.startedAt,
      ]);
      output.result(
        runs,
        runs.length === 0
          ? `${path} has no runs yet: start one with "limn train ${path}".`
          : formatTable([
              [
                'run',
                'state',
                'preset',
                'device',
                'step',
                'loss',
                'best validation',
                'IoU',
                'F1',
                'time',
                'model',
                'started',
              ],
              ...rows,
            ]),
      );
      return undefined;
    },
  );

  add(
    'models <project>',
    'List the trained models.',
    'limn models cells.limn',
    () => undefined,
    async ({ output }, [path = '']) => {
      const models = await withProject(path, 'read', async (project) => listModels(project));
      const rows = models.map((model) => [
        model.modelId,
        model.name,
        model.role,
        model.step,
        model.parameters,
        model.classNames.join(', '),
        formatNumber(model.validationLoss),
        model.createdAt,
      ]);
      output.result(
        models,
        models.length === 0
          ? `${path} has no model yet: train one with "limn train ${path}".`
          : formatTable([
              ['model', 'name', 'role', 'step', 'parameters', 'classes', 'validation loss', 'made'],
              ...rows,
            ]),
      );
      return undefined;
    },
  );

  add(
    'predict <project>',
    'Predict images of the project into the project.',
    'limn predict cells.limn --images 3-9',
    addModelOptions,
    async ({ output, signal }, [path = ''], options) => {
      const request: PredictRequest = options;
      const images = await withProject(path, 'write', (project) =>
        withEngine((engine) => predictImages(project, engine, request, output.context(signal))),
      );
      output.result(
        images,
        formatTable([
          ['image', 'objects', 'seconds'],
          ...images.map((image) => [image.name, image.objects, (image.milliseconds / 1000).toFixed(2)]),
        ]),
      );
      return undefined;
    },
  );

  add(
    'accept <project>',
    'Take predictions into the labels where nothing is painted; the window can undo it.',
    'limn accept cells.limn --images 3-9 --min-confidence 0.9',
    (command) =>
      command
        .option('--images <selection>', imagesHelp)
        .option(
          '--min-confidence <number>',
          'only objects of this mean probability or more, 0 to 1, and no background',
          probability,
        ),
    async ({ output, signal }, [path = ''], options) => {
      const { minConfidence, ...rest } = options as { minConfidence?: number; images?: string };
      const request = { ...rest, ...(minConfidence !== undefined && { minimumConfidence: minConfidence }) };
      const images = await withProject(path, 'write', async (project) =>
        acceptPredictions(project, request, output.context(signal)),
      );
      output.result(
        images,
        formatTable([
          ['image', 'objects accepted', 'pixels of objects added'],
          ...images.map((image) => [image.name, image.objects, image.pixels]),
        ]),
      );
      return undefined;
    },
  );

  add(
    'evaluate <project>',
    'Score a model on the labelled pixels: pixel error, IoU, F1, PQ, SEG, Rand and warping error; all with --json.',
    'limn evaluate cells.limn --images 12-23 --json',
    addModelOptions,
    async ({ output, signal }, [path = ''], options) => {
      const request: EvaluateRequest = options;
      const report = await withProject(path, 'read', (project) =>
        withEngine((engine) => evaluate(project, engine, request, output.context(signal))),
      );
      output.result(report, evaluationText(report));
      return undefined;
    },
  );

  add(
    'export-model <project>',
    'Write a model as an ONNX file: raw pixels in, probabilities out.',
    'limn export-model cells.limn --out cells.onnx',
    (command) =>
      command
        .option('--model <model>', modelHelp)
        .option('--half-precision', 'weights as float16, in half the space')
        .requiredOption('--out <file>', 'the .onnx to write'),
    async ({ output }, [path = ''], options) => {
      const request = options as { out: string; model?: string; halfPrecision?: boolean };
      const report = await withProject(path, 'read', (project) => exportModel(project, request));
      output.result(
        report,
        `Wrote ${request.out} (model ${report.modelId}, ${(report.bytes / 1e6).toFixed(1)} MB).`,
      );
      return undefined;
    },
  );
}

function showTrainEvent(output: Output, event: TrainEvent): void {
  switch (event.type) {
    case 'started':
      output.event(event, `Run ${event.runId} on ${event.device}. ${event.why} ${event.description}`);
      break;
    case 'metrics': {
      const last = event.points.at(-1);
      output.event(event, null);
      if (last === undefined) break;
      const validation = event.points.findLast((point) => point.validationLoss !== null)?.validationLoss;
      const total =
        event.steps ??
        (event.etaSeconds === null ? 0 : Math.round(event.step + event.etaSeconds * event.stepsPerSecond));
      const note = `step ${event.step}  loss ${formatNumber(last.loss, 3)}${validation == null ? '' : `  validation ${formatNumber(validation, 3)}`}`;
      if (!output.json) output.progress(event.step, total, note, event.etaSeconds);
      break;
    }
    case 'checkpoint':
    case 'sample':
      output.event(event, null);
      break;
    case 'backbone':
      output.event(event, backboneText(event));
      break;
    case 'note':
      output.event(event, event.message);
      break;
    case 'ended':
      output.event(
        event,
        `Run ${event.runId} ${event.state} at step ${event.step} after ${formatSeconds(event.seconds)}. ${event.message}`,
      );
      break;
  }
}

function backboneText({ file, layers, unused }: TrainEvent & { type: 'backbone' }): string {
  const shapeOf = (shape: readonly number[] | null) => (shape === null ? '–' : shape.join('×'));
  const rows = layers.map(({ layer, shape, from, shapeInFile, how }) => [
    layer,
    shapeOf(shape),
    from ?? '–',
    shapeOf(shapeInFile),
    how,
  ]);
  const taken = layers.filter(({ from }) => from !== null).length;
  const rest = unused.length === 0 ? '' : `\nNot used of the file: ${unused.join(', ')}`;
  const table = formatTable([['layer', 'shape', 'in the file', 'shape there', 'how'], ...rows]);
  return `${taken} of ${layers.length} layers from ${file}:\n${table}${rest}`;
}

function evaluationText(report: EvaluationReport): string {
  const { overall } = report;
  const f1 = overall.instances
    .map((score) => `${score.iou.toFixed(1)}: ${formatNumber(score.f1)}`)
    .join('  ');
  const head = [['image', 'pixel error', 'mean IoU', 'F1 at 0.5', 'mean F1']];
  const rows = [...report.images.map((image) => ({ ...image })), { name: 'all', ...overall }].map(
    (scores) => [
      scores.name,
      formatNumber(scores.pixelError),
      formatNumber(scores.meanIou),
      formatNumber(scores.instances[0]?.f1 ?? null),
      formatNumber(scores.meanF1),
    ],
  );
  return `${formatTable([...head, ...rows])}\n\nF1 at IoU ${f1}`;
}
