/** What the engine process does for each request; holds the planes of the next run, the models that are ready, the running training. */

import { LimnError } from '../../errors.ts';
import { applyClassOffsets, type CalibrationItem, fitClassOffsets } from '../../science/classOffsets.ts';
import { type FitItem, fitInstanceParameters, meanF1 } from '../../science/fitInstances.ts';
import { instancesFromProbabilities } from '../../science/instances.ts';
import type { TrainingPlane } from '../../science/trainingSample.ts';
import type { ModelDescription } from '../modelDescription.ts';
import { readModel } from '../modelFile.ts';
import { predictPlane } from '../prediction/predictPlane.ts';
import { chooseDevice, listDevices, tryTensorflow } from '../runtime/devices.ts';
import { Predictor } from '../runtime/predictor.ts';
import { translateRunError } from '../runtime/runSession.ts';
import { runTrainingJob } from '../training/runTrainingJob.ts';
import { TrainingControl } from '../training/trainingControl.ts';
import type { PlanePrediction, RawPlane } from './protocol.ts';
import type { EngineHandlers } from './serveRequests.ts';
import { sharePlane } from './sharedPlanes.ts';
import { Turnstile } from './turnstile.ts';

/** Models kept ready; the one used longest ago goes first. */
const KEPT_MODELS = 2;
/** Tile that the device is chosen on where only prediction is asked for, px. */
const PROBE_TILE = 256;

interface ReadyModel {
  description: ModelDescription;
  predictor: Predictor;
}

/** A set of handlers with a state of its own. */
export function createHandlers(): EngineHandlers {
  const device = new Turnstile();
  const models = new Map<string, ReadyModel>();
  let planes: { training: TrainingPlane[]; validation: TrainingPlane[] } = { training: [], validation: [] };
  let control: TrainingControl | null = null;

  const readyModel = (key: string): ReadyModel => {
    const model = models.get(key);
    if (!model)
      throw new LimnError('EngineLost', 'The engine was started anew and has no model loaded; try again.');
    // Used last, so thrown out last.
    models.delete(key);
    models.set(key, model);
    return model;
  };

  const probabilitiesOf = (model: ReadyModel, plane: RawPlane, signal: AbortSignal): Promise<Float32Array> =>
    device.run('urgent', () => predictPlane(model.predictor, model.description, plane, { signal }));

  return {
    devices: ({ probe }) => device.run('urgent', () => listDevices({ probe })),

    chooseDevice: ({ device: choice, network, tile }) =>
      device.run('urgent', () => chooseDevice(choice, network, tile)),

    tensorflow: () => device.run('urgent', tryTensorflow),

    clearPlanes: async () => {
      planes = { training: [], validation: [] };
      return null;
    },

    addPlane: async ({ role, plane }) => {
      planes[role].push(sharePlane(plane));
      return null;
    },

    train: async (job, { signal, emit }) => {
      if (control)
        throw new LimnError('InvalidInput', 'A training is going on already; stop it or wait for its end.');
      const running = new TrainingControl();
      control = running;
      const interrupt = (): void => running.end('interrupted');
      signal.addEventListener('abort', interrupt, { once: true });
      try {
        const onDevice = <T>(work: () => Promise<T>): Promise<T> => device.run('patient', work);
        return await runTrainingJob(job, { planes, control: running, onDevice, emit });
      } catch (error) {
        // Arrays that cannot be allocated here are memory that ran out as well.
        throw translateRunError(error);
      } finally {
        control = null;
        signal.removeEventListener('abort', interrupt);
        planes = { training: [], validation: [] };
      }
    },

    stopTraining: async () => {
      control?.end('stopped');
      return null;
    },

    pauseTraining: async () => {
      control?.pause();
      return null;
    },

    continueTraining: async () => {
      control?.resume();
      return null;
    },

    loadModel: async ({ key, bytes, device: choice, threads }) => {
      const { description, weights } = readModel(bytes);
      const chosen = await chooseDevice(choice, description.network, { y: PROBE_TILE, x: PROBE_TILE });
      if (!models.has(key)) {
        const { network, mirrorAveraging, classOffsets } = description;
        const predictor = await Predictor.create(network, weights, {
          device: chosen.device,
          threads,
          mirrorAveraging,
          classOffsets,
        });
        models.set(key, { description, predictor });
        for (const [old, model] of [...models].slice(0, Math.max(0, models.size - KEPT_MODELS))) {
          models.delete(old);
          // A prediction under way still holds the device; its model goes after it.
          await device.run('patient', () => model.predictor.dispose());
        }
      }
      return { description, device: chosen.device, why: chosen.why };
    },

    predict: async ({ key, plane, instances }, { signal }): Promise<PlanePrediction> => {
      const started = performance.now();
      const model = readyModel(key);
      const foreground = await probabilitiesOf(model, plane, signal);
      const found = instances ? objectsOf(model.description, foreground, plane) : null;
      return {
        foreground,
        instances: found?.labels ?? null,
        classIndexOf: found?.classIndexOf ?? null,
        milliseconds: performance.now() - started,
      };
    },

    fitDecisions: async ({ key, planes: labelled, fitsClassOffsets }, { signal }) => {
      const model = readyModel(key);
      const items: (FitItem & CalibrationItem)[] = [];
      for (const plane of labelled) {
        const { shape, reference, classes } = plane;
        items.push({ foreground: await probabilitiesOf(model, plane, signal), shape, reference, classes });
      }
      const kinds = foregroundKinds(model.description);
      const classOffsets = fitClassOffsets(fitsClassOffsets ? items : [], kinds.length);
      for (const { foreground } of items) applyClassOffsets(foreground, classOffsets);
      const instances = kinds.includes('thing')
        ? fitInstanceParameters(items, kinds)
        : model.description.instances;
      return { classOffsets, instances };
    },

    cutObjects: async (input) => instancesFromProbabilities(input),

    fitObjects: async ({ items, kinds, parameters }) => {
      const before = meanF1(items, kinds, parameters);
      const fitted = { ...parameters, ...fitInstanceParameters(items, kinds) };
      const after = meanF1(items, kinds, fitted);
      return after > before ? { parameters: fitted, before, after } : { parameters, before, after: before };
    },
  };
}

function foregroundKinds(description: ModelDescription): ('thing' | 'stuff')[] {
  return description.classKinds.slice(1).map((kind) => (kind === 'stuff' ? 'stuff' : 'thing'));
}

function objectsOf(
  description: ModelDescription,
  foreground: Float32Array,
  plane: RawPlane,
): { labels: Uint32Array; classIndexOf: Uint8Array } {
  return instancesFromProbabilities({
    foreground,
    shape: plane.shape,
    kinds: foregroundKinds(description),
    parameters: description.instances,
  });
}
