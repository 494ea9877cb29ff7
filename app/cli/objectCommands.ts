/** How a model's probabilities become objects: shown, set, fitted to labels. */

import { fitObjectParameters, modelObjects, setObjectParameters } from '../services/objectParameters.ts';
import type { DeviceChoice } from '../services/requests.ts';
import { nonNegativeNumber, probability, wholeNumber } from './arguments.ts';
import { type AddCommand, withEngine, withProject } from './command.ts';
import { deviceOption } from './options.ts';
import { formatNumber } from './output.ts';

interface ObjectsOptions {
  model?: string;
  fit?: true;
  images?: string;
  device?: DeviceChoice;
  threshold?: number;
  seedDistance?: number;
  minimumSize?: number;
  grow?: number;
  fillHoles?: boolean;
  clearBorder?: boolean;
}

export function addObjectCommands(add: AddCommand): void {
  add(
    'objects <project>',
    "Show or set how a model's probabilities become objects; its predictions are cut anew.",
    'limn objects cells.limn --fit',
    (command) =>
      command
        .option('--model <model>', 'best, last or a number from "limn models"')
        .option('--fit', 'search the parameters that score best on the labels, and set them')
        .option('--images <selection>', 'labelled images to fit on (default: all)')
        .addOption(deviceOption())
        .option('--threshold <probability>', 'foreground above this', probability)
        .option('--seed-distance <pixels>', 'how deep a waist parts two objects', nonNegativeNumber)
        .option('--minimum-size <pixels>', 'smaller objects are dropped', wholeNumber(0))
        .option('--grow <pixels>', 'give the gap between touching objects back to them', nonNegativeNumber)
        .option('--fill-holes', 'fill holes in objects')
        .option('--no-fill-holes', 'leave holes in objects')
        .option('--clear-border', 'drop objects that touch the edge of the image')
        .option('--no-clear-border', 'keep objects that touch the edge of the image'),
    async ({ output, signal }, [path = ''], options) => {
      const { model, fit, images, device, ...rest } = options as ObjectsOptions;
      const change = {
        ...(rest.threshold !== undefined && { threshold: rest.threshold }),
        ...(rest.seedDistance !== undefined && { seedDistancePx: rest.seedDistance }),
        ...(rest.minimumSize !== undefined && { minimumSizePx: rest.minimumSize }),
        ...(rest.grow !== undefined && { growPx: rest.grow }),
        ...(rest.fillHoles !== undefined && { fillHoles: rest.fillHoles }),
        ...(rest.clearBorder !== undefined && { clearBorder: rest.clearBorder }),
      };
      const context = output.context(signal);
      if (fit !== true && Object.keys(change).length === 0) {
        const parameters = await withProject(
          path,
          'read',
          async (project) => modelObjects(project, model).parameters,
        );
        output.result(parameters, describe(parameters));
        return undefined;
      }
      await withProject(path, 'write', (project) =>
        withEngine(async (engine) => {
          const fitted =
            fit === true
              ? await fitObjectParameters(project, engine, { model, images, device }, context)
              : null;
          const wanted = { ...fitted?.parameters, ...change };
          const report = await setObjectParameters(project, engine, { model, change: wanted }, context);
          const scores =
            fitted === null
              ? ''
              : `Mean F1 on ${fitted.planes} labelled planes: ${formatNumber(fitted.before)} before, ${formatNumber(fitted.after)} fitted.\n`;
          output.result(
            { ...report, ...(fitted !== null && { before: fitted.before, after: fitted.after }) },
            `${scores}${describe(report.parameters)}\nCut ${report.planes} predicted planes anew.`,
          );
        }),
      );
      return undefined;
    },
  );
}

function describe(parameters: object): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
