import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { EngineHost } from '../../app/engine/host.ts';
import { isLimnError } from '../../app/errors.ts';
import { predictImages } from '../../app/services/predictionService.ts';
import { TrainingService } from '../../app/services/trainingService.ts';
import { addImage } from '../store/testProject.ts';
import { SIDE, smallProject, testFolder } from './smallProject.ts';

const engine = new EngineHost();
after(() => engine.close());

test('many images are predicted by id, and one that cannot be does not stop the others', async (t) => {
  const project = await smallProject(testFolder(t));
  t.after(() => project.close());
  const tiny = { baseFilters: 4, depth: 2, tileSize: 32, device: 'cpu', threads: 1, steps: 2 } as const;
  await new TrainingService(engine).train(project, { ...tiny, images: '0-2' });
  const [first, second, third] = project.store.images.list().map((row) => row.imageId);
  const hole = await addImage(
    project.store,
    { y: SIDE, x: SIDE },
    { name: 'hole', numberType: 'float32', pixelsOf: () => new Float32Array(SIDE * SIDE).fill(Number.NaN) },
  );
  const last = await addImage(
    project.store,
    { y: SIDE, x: SIDE },
    {
      name: '0',
      numberType: 'float32',
      pixelsOf: () => Float32Array.from({ length: SIDE * SIDE }, (_, i) => i % 9),
    },
  );
  const predictedIds = () => project.store.predictions.list().map((row) => row.imageId);

  await predictImages(project, engine, { imageIds: [third!, first!] });
  assert.deepEqual(predictedIds(), [first, third], 'not the image whose name is a position');

  const seen: [number, number, string | undefined][] = [];
  await assert.rejects(
    predictImages(
      project,
      engine,
      { imageIds: [second!, hole, last] },
      { onProgress: ({ done, total, note }) => seen.push([done, total, note]) },
    ),
    (error) =>
      isLimnError(error, 'InvalidInput') &&
      /^1 of 3 images could not be predicted, the others were\. .*hole/.test(error.message),
  );
  assert.deepEqual(predictedIds(), [first, second, third, last]);
  assert.deepEqual(seen.at(-1), [3, 3, '0']);

  await assert.rejects(
    predictImages(project, engine, { imageIds: [hole] }),
    (error) => isLimnError(error, 'InvalidInput') && !/could not be predicted/.test(error.message),
  );
  await assert.rejects(
    predictImages(project, engine, { imageIds: [first!, 99] }),
    (error) => isLimnError(error, 'NotFound') && /no image 99/.test(error.message),
  );
});
