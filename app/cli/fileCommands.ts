/** Commands that need no project: segment and devices. */

import { segmentFiles } from '../services/predictionService.ts';
import type { SegmentRequest } from '../services/requests.ts';
import { type AddCommand, withEngine } from './command.ts';
import { deviceOption, kindOption } from './options.ts';
import { formatCount, formatTable } from './output.ts';

export function addFileCommands(add: AddCommand): void {
  add(
    'segment <paths...>',
    'Segment files with a model, without a project; writes <image stem>.tif.',
    'limn segment --model cells.onnx images/ --out masks/',
    (command) =>
      command
        .requiredOption('--model <file>', 'a .onnx made by Limn, or a project (its best model)')
        .requiredOption('--out <folder>', 'where the masks go')
        .addOption(kindOption())
        .addOption(deviceOption()),
    async ({ output, signal }, paths, options) => {
      const request = { paths, ...options } as unknown as SegmentRequest;
      const report = await withEngine((engine) => segmentFiles(engine, request, output.context(signal)));
      const lines = report.files.map(
        (file) => `${file.path}${file.objects === null ? '' : `  ${formatCount(file.objects, 'object')}`}`,
      );
      output.result(report, lines);
      for (const failure of report.failures) output.note(`limn: ${failure.message}`);
      return report.failures.length > 0 ? 3 : 0;
    },
  );

  add(
    'devices',
    'List the devices that can train and predict, TensorFlow.js (--engine tfjs), and why others cannot.',
    'limn devices',
    () => undefined,
    async ({ output }) => {
      const devices = await withEngine(async (engine) => {
        const { ok, adapter, reason } = await engine.request('tensorflow', null);
        const { description, software } = adapter ?? { description: 'TensorFlow.js', software: false };
        const unknown = { threads: null, memoryBytes: null, probeMilliseconds: null };
        return [
          ...(await engine.devices()),
          { name: 'tfjs', available: ok, description, software, ...unknown, reason },
        ];
      });
      const rows = devices.map((device) => [
        device.name,
        device.available ? (device.software ? 'software' : 'yes') : 'no',
        device.description,
        device.memoryBytes === null ? null : `${(device.memoryBytes / 2 ** 30).toFixed(1)} GB`,
        device.probeMilliseconds === null ? null : `${device.probeMilliseconds.toFixed(0)} ms`,
        device.reason,
      ]);
      output.result(
        devices,
        formatTable([['device', 'available', 'what', 'memory', 'small step', 'why not'], ...rows]),
      );
      return undefined;
    },
  );
}
