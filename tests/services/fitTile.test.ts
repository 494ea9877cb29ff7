/** A tile for which the memory does not suffice is made smaller, and the user is told; where nothing fits, nothing begins. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { EngineHost } from '../../app/engine/host.ts';
import { isLimnError } from '../../app/errors.ts';
import { fittingTile } from '../../app/services/fitTile.ts';
import type { TrainEvent, TrainRequest } from '../../app/services/requests.ts';
import { planOf } from '../../app/services/runLedger.ts';
import { PRESETS } from '../../app/services/trainingPresets.ts';
import { TrainingService } from '../../app/services/trainingService.ts';
import { smallProject, testFolder } from './smallProject.ts';

const engine = new EngineHost();
after(() => engine.close());

const REQUEST: TrainRequest = {
  baseFilters: 8,
  depth: 2,
  tileSize: 512,
  device: 'cpu',
  threads: 1,
  steps: 1,
  seed: 1,
};
const MEGABYTE = 2 ** 20;

test('a run whose tiles do not fit takes smaller ones and says so in a sentence', async (t) => {
  const project = await smallProject(testFolder(t), { count: 1 });
  t.after(() => project.close());
  const events: TrainEvent[] = [];
  const service = new TrainingService(engine, { availableBytes: () => 400 * MEGABYTE });
  const run = await service.train(project, REQUEST, { onEvent: (event) => events.push(event) });
  assert.equal(run.state, 'finished');
  const note = events.find((event) => event.type === 'note');
  const words =
    /^Tiles of 512 px need about [\d.]+ GB of memory and 0\.39 GB are free on this computer, so tiles of (\d+) px are taken\.$/;
  const [, side] = words.exec(note?.type === 'note' ? note.message : '') ?? [];
  assert.ok(Number(side) < 512, JSON.stringify(note));
  const { hyperParameters } = planOf(project.store.runs.get(run.runId));
  assert.equal(hyperParameters.tileSize, Number(side));
  const started = events.find((event) => event.type === 'started');
  assert.match(
    started?.type === 'started' ? started.description : '',
    new RegExp(`tiles of ${side} × ${side} px`),
  );
});

test('where no tile fits, the run is refused with a remedy and nothing is stored', async (t) => {
  const project = await smallProject(testFolder(t), { count: 1 });
  t.after(() => project.close());
  const service = new TrainingService(engine, { availableBytes: () => 100 * MEGABYTE });
  await assert.rejects(service.train(project, REQUEST), (error: unknown) => {
    assert.ok(isLimnError(error, 'OutOfMemory'));
    assert.match(
      error.message,
      /^Even with tiles of \d+ px this training needs about [\d.]+ GB of memory, and 0\.10 GB/,
    );
    assert.match(error.message, /choose fewer filters or a smaller batch, or close other programs\.$/);
    return true;
  });
  assert.deepEqual(project.store.runs.list(), []);
});

test('memory that nothing tells, or that suffices, leaves the tile as it is', () => {
  const network = {
    kind: 'unet',
    padding: 'valid',
    depth: 4,
    baseFilters: 64,
    inputChannels: 1,
    classes: 2,
    normalisation: 'none',
    dropout: 0.5,
  } as const;
  const fit = (availableBytes: number | null) =>
    fittingTile(network, PRESETS.paper, 'webgpu', availableBytes);
  assert.deepEqual(fit(null), { tileSize: 572, message: null });
  assert.deepEqual(fit(16 * 2 ** 30), { tileSize: 572, message: null });
  const { tileSize, message } = fit(2 ** 30);
  assert.ok(tileSize < 572 && message?.includes('on WebGPU'), `${tileSize} ${message}`);
});
