/** Projects in a temporary folder for tests of store and services. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ImageShape, NumberType, PixelArray } from '../../app/imaging/image.ts';
import { openImage } from '../../app/imaging/openImage.ts';
import { ProjectStore, type StoreOptions } from '../../app/store/projectStore.ts';

/** Fails at the first difference; printing two whole planes would take minutes. */
export function assertSamePixels(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(actual.constructor, expected.constructor);
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i]))
      assert.fail(`value ${i} is ${actual[i]}, expected ${expected[i]}`);
  }
}

/** A folder that goes with the test. */
export function temporaryFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'limn-test-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function createStore(path: string, options: Partial<StoreOptions> = {}): ProjectStore {
  return ProjectStore.create(path, { openImage, ...options });
}

export function openStore(
  path: string,
  mode: 'read' | 'write' = 'write',
  options: Partial<StoreOptions> = {},
): ProjectStore {
  return ProjectStore.open(path, { openImage, mode, ...options });
}

/** Adds an image whose planes come from `pixelsOf`; all zero 8-bit planes by default. */
export async function addImage(
  store: ProjectStore,
  shape: Partial<ImageShape> & { y: number; x: number },
  options: {
    name?: string;
    numberType?: NumberType;
    pixelsOf?: (t: number, z: number, c: number) => PixelArray;
  } = {},
): Promise<number> {
  const full = { t: 1, z: 1, c: 1, ...shape };
  const name = options.name ?? 'image';
  const imageId = store.images.stage({
    name,
    sourcePath: `/elsewhere/${name}.tif`,
    linked: false,
    stamp: { bytes: 0, modifiedMs: 0, sha256: null },
    shape: full,
    numberType: options.numberType ?? 'uint8',
    pixelSizeUm: null,
    channelNames: Array.from({ length: full.c }, (_, c) => `channel ${c}`),
  });
  for (let t = 0; t < full.t; t++) {
    for (let z = 0; z < full.z; z++) {
      for (let c = 0; c < full.c; c++) {
        const pixels = options.pixelsOf?.(t, z, c) ?? new Uint8Array(full.y * full.x);
        await store.images.writePlane(imageId, t, z, c, pixels);
      }
    }
  }
  store.images.publish(imageId);
  return imageId;
}

/** Adds a model whose file is these bytes. */
export function addModel(store: ProjectStore, bytes: Uint8Array, runId: number | null = null) {
  return store.models.add(
    {
      name: 'fast',
      runId,
      role: 'best',
      step: 7,
      description: { classNames: ['background', 'cell'] },
      parameters: 3,
      validationLoss: 0.25,
    },
    bytes,
  );
}
