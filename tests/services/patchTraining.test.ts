/** The patch classifier through the services: trained on windows, predicting by shift-and-stitch. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { EngineHost } from '../../app/engine/host.ts';
import { descriptionOf, resolveModel } from '../../app/services/modelService.ts';
import { predictImages } from '../../app/services/predictionService.ts';
import type { TrainEvent, TrainRequest } from '../../app/services/requests.ts';
import { TrainingService } from '../../app/services/trainingService.ts';
import { smallProject, testFolder } from './smallProject.ts';

const engine = new EngineHost();
after(() => engine.close());

const TINY: TrainRequest = {
  preset: 'patch-classifier',
  baseFilters: 4,
  batchSize: 8,
  device: 'cpu',
  threads: 1,
  seed: 3,
};

test('a patch classifier trains on windows, goes on with larger tiles, and predicts', async (t) => {
  const project = await smallProject(testFolder(t));
  const service = new TrainingService(engine);
  const tiles: string[] = [];
  for (const [changes, steps] of [
    [{}, 60],
    [{ tileSize: 126, batchSize: 1, init: 'last' }, 5],
  ] as const) {
    const events: TrainEvent[] = [];
    const run = await service.train(
      project,
      { ...TINY, ...changes, steps, images: '0-1', validation: '2' },
      { onEvent: (event) => events.push(event) },
    );
    assert.equal(run.state, 'finished');
    const started = events.find((event) => event.type === 'started');
    tiles.push(/tiles of (.*)$/.exec(started?.description ?? '')?.[1] ?? '');
    const losses = project.store.runs.metrics(run.runId).map((point) => point.loss ?? Number.NaN);
    const mean = (part: number[]): number => part.reduce((sum, loss) => sum + loss, 0) / part.length;
    if (steps === 60) assert.ok(mean(losses.slice(-15)) < 0.97 * mean(losses.slice(0, 15)), String(losses));
    const { network } = descriptionOf(resolveModel(project, 'last'));
    assert.equal(network.kind === 'patch-classifier' && network.evaluation, 'shift-and-stitch');
  }
  assert.deepEqual(tiles, ['95 × 95 px.', '126 × 126 px. 12 of 12 parameters taken over.']);
  const [predicted] = await predictImages(project, engine, { images: '0' });
  assert.equal(predicted?.planes, 1);
  project.close();
});
