/** Commands on a project's content: new, copy, import, export, weight-map, sample, doctor. */

import { copyProject } from '../services/copyProject.ts';
import { checkProject } from '../services/doctorService.ts';
import { exportMasks } from '../services/exportService.ts';
import { importImages } from '../services/importService.ts';
import { createProject } from '../services/project.ts';
import type { ExportRequest, ImportRequest } from '../services/requests.ts';
import { writeSample } from '../services/sampleService.ts';
import { weightMapOfFile } from '../services/weightMapService.ts';
import {
  channelList,
  nameList,
  nonNegativeNumber,
  positiveNumber,
  valueMap,
  wholeNumber,
} from './arguments.ts';
import { type AddCommand, withProject } from './command.ts';
import { kindOption, oneOf } from './options.ts';
import { formatCount, formatTable } from './output.ts';

export function addProjectCommands(add: AddCommand): void {
  add(
    'new <project>',
    'Make an empty project file.',
    'limn new cells.limn --classes nucleus',
    (command) => command.option('--classes <names>', 'class names with commas between them', nameList),
    async ({ output }, [path = ''], options) => {
      const project = await createProject(path, options);
      const classes = project.store.classes.list().map((row) => row.name);
      await project.close();
      output.result(
        { project: path, classes },
        `Made ${path}${classes.length > 0 ? ` with the classes ${classes.join(', ')}` : ''}.`,
      );
      return undefined;
    },
  );

  add(
    'copy <project> <copy>',
    'Save a copy of a project and of its checkpoints; also while it is open elsewhere.',
    'limn copy cells.limn cells-monday.limn',
    () => undefined,
    async ({ output }, [path = '', to = '']) => {
      const copy = await withProject(path, 'read', (project) => copyProject(project, to));
      const runs = copy.runs > 0 ? `, with the checkpoints of ${formatCount(copy.runs, 'run')}` : '';
      output.result(copy, `Wrote ${copy.path} (${(copy.bytes / 2 ** 20).toFixed(1)} MB)${runs}.`);
      return undefined;
    },
  );

  add(
    'import <project> <paths...>',
    'Import images, and label images matched to them by name.',
    'limn import cells.limn images/ --labels masks/ --label-kind instances',
    (command) =>
      command
        .option('--labels <folder>', 'folder (or file) with label images of the same names')
        .addOption(oneOf('--label-kind <kind>', 'what the label images hold', ['instances', 'classes']))
        .option(
          '--unlabelled <value>',
          'label files hold 0 unlabelled, 1 background, 2 and more objects',
          wholeNumber(0, 0),
        )
        .option(
          '--map <pairs>',
          'grey value=class, for example 0=background,128=mitochondrion,255=unlabelled',
          valueMap,
        )
        .option('--link', 'leave the pixels in their files instead of copying them into the project')
        .option('--pixel-size-um <number>', 'micrometres per pixel, whatever the files say', positiveNumber)
        .option(
          '--channels <numbers>',
          'channels that networks of this project see, for example 0,1',
          channelList,
        ),
    async ({ output, signal }, [path = '', ...paths], options) => {
      const request: ImportRequest = { paths, ...options };
      const report = await withProject(path, 'write', (project) =>
        importImages(project, request, output.context(signal)),
      );
      const labelled = report.images.filter((image) => image.objects !== null).length;
      output.result(report, [
        `Imported ${formatCount(report.images.length, 'image')}, ${labelled} with labels, into ${path}.`,
        ...report.notes,
      ]);
      return undefined;
    },
  );

  add(
    'export <project>',
    'Write label or prediction masks as TIFF, and measurements as CSV.',
    'limn export cells.limn --to masks/ --layer prediction --measurements',
    (command) =>
      command
        .requiredOption('--to <folder>', 'where the files go, one <image stem>.tif an image')
        .addOption(oneOf('--layer <layer>', 'what is written', ['labels', 'prediction']).default('labels'))
        .addOption(kindOption())
        .option('--keep-unlabelled', 'write 0 unlabelled, 1 background, 2 and more objects')
        .option('--images <selection>', 'positions A-B in import order, or names with commas between them')
        .option('--measurements', 'also write measurements.csv'),
    async ({ output, signal }, [path = ''], options) => {
      const request = options as unknown as ExportRequest;
      const report = await withProject(path, 'read', (project) =>
        exportMasks(project, request, output.context(signal)),
      );
      const lines = [`Wrote ${formatCount(report.files.length, 'file')} to ${request.to}.`, ...report.notes];
      if (report.measurements !== null) lines.push(`Measurements: ${report.measurements}`);
      output.result(report, lines);
      return undefined;
    },
  );

  add(
    'weight-map <labels>',
    'Write the separation-border weight map of a label image as a 32-bit TIFF.',
    'limn weight-map masks/a01.tif --out weights.tif --w0 10 --sigma 5',
    (command) =>
      command
        .requiredOption('--out <file>', 'the TIFF to write')
        .addOption(
          oneOf('--preset <name>', 'formula: the U-Net paper or the Fiji plugin', ['paper', 'fiji']).default(
            'paper',
          ),
        )
        .option('--w0 <number>', 'height of the border term (paper: 10; fiji: 50)', nonNegativeNumber)
        .option('--sigma <pixels>', 'width of the border term in px (paper: 5; fiji: 6)', positiveNumber),
    async ({ output }, [labels = ''], options) => {
      const { sigma, ...rest } = options;
      const request = { ...rest, sigmaPx: sigma } as Parameters<typeof weightMapOfFile>[1];
      const report = await weightMapOfFile(labels, request);
      output.result(
        report,
        `Wrote ${request.out}: weights from ${report.minimum.toPrecision(4)} to ${report.maximum.toPrecision(4)}, ${formatCount(report.objects, 'object')}.`,
      );
      return undefined;
    },
  );

  add(
    'sample <folder>',
    'Simulate microscopy with exact ground truth.',
    'limn sample demo/ --kind nuclei --count 8 --seed 1',
    (command) =>
      command
        .addOption(oneOf('--kind <kind>', 'what is simulated', ['nuclei', 'membranes']).default('nuclei'))
        .option('--count <number>', 'how many images', wholeNumber(1, 100_000), 4)
        .option('--seed <number>', 'same seed, same images', wholeNumber(0, 2 ** 32 - 1), 1),
    async ({ output, signal }, [folder = ''], options) => {
      const report = await writeSample(folder, options, output.context(signal));
      output.result(
        report,
        `Wrote ${formatCount(report.images.length, 'image')} of ${report.kind} with labels to ${folder}.`,
      );
      return undefined;
    },
  );

  add(
    'doctor <project>',
    'Check a project file and everything that belongs to it.',
    'limn doctor cells.limn',
    () => undefined,
    async ({ output }, [path = '']) => {
      const report = await checkProject(path);
      const text =
        report.findings.length === 0
          ? `${path} is in order.`
          : formatTable([
              ['severity', 'finding'],
              ...report.findings.map((finding) => [finding.severity, finding.message]),
            ]);
      output.result(report, text);
      return report.ok ? 0 : 3;
    },
  );
}
