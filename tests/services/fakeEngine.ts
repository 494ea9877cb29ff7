/** Test support: an engine without a process or a network. The real channel, training loop and control; one weight to learn. */

import type {
  EngineProcess,
  FromEngine,
  StartEngineProcess,
  ToEngine,
} from '../../app/engine/process/messages.ts';
import type { TrainingJob, TrainingOutcome, Weights } from '../../app/engine/process/protocol.ts';
import { type EngineHandlers, serveRequests } from '../../app/engine/process/serveRequests.ts';
import { buildTrainingModel } from '../../app/engine/training/buildTrainingModel.ts';
import {
  completeState,
  initialiseParameters,
  predictingWeights,
} from '../../app/engine/training/initialise.ts';
import { runTraining } from '../../app/engine/training/trainer.ts';
import { TrainingControl } from '../../app/engine/training/trainingControl.ts';
import { DEFAULT_INSTANCE_PARAMETERS } from '../../app/science/instances.ts';
import { BEGINNING, type MemoryCheckpoints, toyRun } from '../engine/training/toyRun.ts';

export interface FakeEngine {
  start: StartEngineProcess;
  /** Ends the process that runs, as a signal from outside would; without effect where none runs. */
  kill(): void;
  /** Jobs that were begun, oldest first. */
  jobs: TrainingJob[];
}

export interface FakeEngineOptions {
  /** Called before each job and step; may throw, or kill the engine. */
  beforeJob?: (job: TrainingJob) => void;
  beforeStep?: (step: number, job: TrainingJob, kill: () => void) => void;
  /** What the process says as it dies. */
  errorText?: () => string;
  checkpointMilliseconds?: number;
}

function weightsFor({ network }: TrainingJob): Weights {
  const optimiser = { kind: 'sgd', momentum: 0, averageDecay: 0 } as const;
  const model = buildTrainingModel(network, { batch: 1, tile: { y: 8, x: 8 }, optimiser });
  return predictingWeights(model, completeState(model.state, initialiseParameters(model.parameters, 1)));
}

/** Its checkpoints outlive a kill, as files would. */
export function fakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const stores = new Map<string, MemoryCheckpoints>();
  const jobs: TrainingJob[] = [];
  let killNow: (() => void) | null = null;
  let weights: Weights | null = null;

  const train = async (
    job: TrainingJob,
    control: TrainingControl,
    emit: (event: never) => void,
    isDead: () => boolean,
  ): Promise<TrainingOutcome> => {
    jobs.push(structuredClone(job));
    options.beforeJob?.(job);
    const run = toyRun(job.budget);
    const checkpoints = stores.get(job.runFolder) ?? run.checkpoints;
    stores.set(job.runFolder, checkpoints);
    const checkpoint = job.resume ? checkpoints.readLast() : null;
    if (checkpoint) await run.runner.load(checkpoint.tensors);
    const shape = { y: 1, x: 1 };
    const start = checkpoint?.position ?? BEGINNING;
    const started = { device: 'cpu', why: '', parameters: 1, taken: [], drawn: [] };
    emit({ type: 'started', ...started, ...start, inputShape: shape, outputShape: shape } as never);
    const { end, position } = await runTraining({
      ...run.options,
      checkpoints,
      start,
      earlierPoints: checkpoint?.points ?? [],
      control,
      seed: job.seed,
      checkpointMilliseconds: options.checkpointMilliseconds ?? 5,
      samples: {
        take: (step) => {
          if (isDead()) return new Promise(() => undefined);
          options.beforeStep?.(step, job, () => killNow?.());
          return isDead() ? new Promise(() => undefined) : run.options.samples.take(step);
        },
      },
      emit: (event) => emit(event as never),
    });
    if (end === 'interrupted') return { end, position, last: null, best: null };
    // The network that the run is said to have learnt; a model of the right shape is all that the books need.
    weights ??= weightsFor(job);
    return { end, position, last: weights, best: null };
  };

  const start: StartEngineProcess = () => {
    let dead = false;
    let toHost: (message: FromEngine) => void = () => undefined;
    let toEngine: (message: ToEngine) => void = () => undefined;
    let onExit: (code: number | null, signal: string | null) => void = () => undefined;
    const die = (code: number | null, signal: string | null): void => {
      if (dead) return;
      dead = true;
      // As with a process, what it sent before arrives before the news of its end.
      setImmediate(() => onExit(code, signal));
    };
    killNow = () => die(null, 'SIGKILL');
    let control: TrainingControl | null = null;
    const done = async (): Promise<null> => null;
    const handlers: Partial<EngineHandlers> = {
      clearPlanes: done,
      addPlane: done,
      train: async (job, { signal, emit }) => {
        const running = new TrainingControl();
        control = running;
        signal.addEventListener('abort', () => running.end('interrupted'), { once: true });
        if (signal.aborted) running.end('interrupted');
        try {
          return await train(job, running, emit as (event: never) => void, () => dead);
        } finally {
          control = null;
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
      loadModel: async () => ({ description: {} as never, device: 'cpu', why: '' }),
      fitDecisions: async () => ({ classOffsets: [0, 0], instances: DEFAULT_INSTANCE_PARAMETERS }),
    };
    const send = (message: FromEngine): void => {
      if (!dead) setImmediate(() => toHost(message));
    };
    setImmediate(() =>
      serveRequests(
        {
          send,
          onMessage: (listener) => {
            toEngine = listener;
          },
        },
        handlers as EngineHandlers,
        () => die(0, null),
      ),
    );
    const engine: EngineProcess & { errorText(): string } = {
      pid: 1,
      errorText: () => options.errorText?.() ?? '',
      send: (message) => {
        if (!dead) setImmediate(() => toEngine(message));
      },
      onMessage: (listener) => {
        toHost = listener;
      },
      onExit: (listener) => {
        onExit = listener;
      },
      kill: () => die(null, 'SIGKILL'),
    };
    return engine;
  };
  return { start, kill: () => killNow?.(), jobs };
}
