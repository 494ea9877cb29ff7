/** What a run is refused for before it is stored, whatever of TensorFlow.js is installed here. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineHost } from '../../app/engine/host.ts';
import type { ProbeReport } from '../../app/engine/runtime/probeProtocol.ts';
import { isLimnError } from '../../app/errors.ts';
import { checkEngine } from '../../app/services/checkEngine.ts';
import { planTraining } from '../../app/services/planTraining.ts';
import type { TrainRequest } from '../../app/services/requests.ts';
import { smallProject, testFolder } from './smallProject.ts';

const missing: ProbeReport = {
  ok: false,
  adapter: null,
  milliseconds: null,
  macs: null,
  reason: 'It is gone.',
};
const native: ProbeReport = {
  ...missing,
  ok: true,
  adapter: { description: 'native', software: false },
  reason: null,
};
const plain: ProbeReport = { ...native, adapter: { description: 'plain', software: true } };
const tiny: TrainRequest = { engine: 'tfjs', baseFilters: 2, depth: 1, tileSize: 32, batchSize: 1 };

test('TensorFlow.js must load, and in plain JavaScript a step may not take minutes', async (t) => {
  const project = await smallProject(testFolder(t));
  const cases: [TrainRequest, ProbeReport, RegExp | null][] = [
    [tiny, missing, /^It is gone\.$/],
    [tiny, plain, null],
    [{ engine: 'tfjs' }, native, null],
    // 16 filters, depth 4, four tiles of 128 px: 9 · 10⁹ multiply-accumulates at 6 · 10⁶ a second.
    [
      { engine: 'tfjs' },
      plain,
      /takes some 2[5-7] minutes; install .*setup:tensorflow.*leave --engine out\.$/,
    ],
    [{ engine: 'tfjs', accumulate: 2 }, plain, /takes some 5[0-3] minutes/],
    // ONNX Runtime on the CPU asks for nothing.
    [{ device: 'cpu' }, missing, null],
  ];
  for (const [request, report, sentence] of cases) {
    const asked: string[] = [];
    const answer = async (method: string): Promise<ProbeReport> => {
      asked.push(method);
      return report;
    };
    const engine = { request: answer } as unknown as EngineHost;
    const plan = await planTraining(project, request, {});
    const check = checkEngine(engine, project, plan);
    if (sentence === null) await check;
    else
      await assert.rejects(
        check,
        (error) => isLimnError(error, 'DeviceUnavailable') && sentence.test(error.message),
      );
    assert.deepEqual(asked, request.engine === 'tfjs' ? ['tensorflow'] : []);
  }
  project.close();
});
