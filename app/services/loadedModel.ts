/** A model made ready in the engine: predicts planes, and is loaded once more should the engine be lost in between. */

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { EngineHost } from '../engine/host.ts';
import type { ModelDescription } from '../engine/modelDescription.ts';
import type { PlanePrediction, RawPlane } from '../engine/process/protocol.ts';
import { isLimnError, LimnError } from '../errors.ts';
import { refuseNonFinitePixels } from '../imaging/finitePixels.ts';
import type { ImageDescription, PixelArray } from '../imaging/image.ts';
import { checkRescaling } from './pixelSize.ts';
import type { DeviceChoice } from './requests.ts';
import { defaultThreads } from './trainingPlan.ts';

export class LoadedModel {
  readonly #engine: EngineHost;
  readonly #bytes: Uint8Array;
  readonly #device: DeviceChoice;
  readonly #key: string;
  readonly description: ModelDescription;

  private constructor(
    engine: EngineHost,
    bytes: Uint8Array,
    device: DeviceChoice,
    key: string,
    description: ModelDescription,
  ) {
    this.#engine = engine;
    this.#bytes = bytes;
    this.#device = device;
    this.#key = key;
    this.description = description;
  }

  /**
   * Loads an exported model into the engine.
   * @throws UnsupportedFormat or CorruptFile if it is no Limn model, DeviceUnavailable
   */
  static async load(
    engine: EngineHost,
    bytes: Uint8Array,
    device: DeviceChoice = 'auto',
  ): Promise<LoadedModel> {
    const key = `${createHash('sha256').update(bytes).digest('hex')} ${device}`;
    const request = { key, bytes, device, threads: defaultThreads() };
    const { description } = await engine.request('loadModel', request);
    return new LoadedModel(engine, bytes, device, key, description);
  }

  /** Output channels without background. */
  get foregroundClasses(): number {
    return this.description.network.classes - 1;
  }

  /**
   * Reads the channels that the model sees through `readChannel` and predicts the plane.
   * @throws InvalidInput if the image lacks a channel, has pixels that are no numbers, or pixels of a wholly other size
   */
  async predictPlane(
    image: { name: string; description: ImageDescription },
    readChannel: (c: number) => Promise<PixelArray>,
    options: { instances: boolean; signal?: AbortSignal | undefined },
  ): Promise<PlanePrediction> {
    const { shape } = image.description;
    const channels: PixelArray[] = [];
    for (const c of this.description.channels) {
      if (c >= shape.c) {
        throw new LimnError(
          'InvalidInput',
          `Image '${image.name}' has ${shape.c} channel${shape.c === 1 ? '' : 's'}, but the model was trained on channel ${c} (from 0); choose images with the same channels.`,
          { fields: { image: image.name, channels: shape.c, needed: c } },
        );
      }
      const pixels = await readChannel(c);
      refuseNonFinitePixels(pixels, basename(image.name));
      channels.push(pixels);
    }
    checkRescaling(image, this.description.pixelSizeUm);
    const { pixelSizeUm } = image.description;
    return this.#predict({ channels, shape: { y: shape.y, x: shape.x }, pixelSizeUm }, options);
  }

  async #predict(
    plane: RawPlane,
    options: { instances: boolean; signal?: AbortSignal | undefined },
  ): Promise<PlanePrediction> {
    const request = { key: this.#key, plane, instances: options.instances };
    const requestOptions = options.signal ? { signal: options.signal } : {};
    try {
      return await this.#engine.request('predict', request, requestOptions);
    } catch (error) {
      if (!isLimnError(error, 'EngineLost')) throw error;
      // Once: the plane itself may be what the engine cannot bear.
      const load = { key: this.#key, bytes: this.#bytes, device: this.#device, threads: defaultThreads() };
      await this.#engine.request('loadModel', load);
      return this.#engine.request('predict', request, requestOptions);
    }
  }
}
