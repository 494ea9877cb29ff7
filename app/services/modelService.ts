/** Models of a project: which one is meant, what is known of each, and the exported file. */

import { resolve } from 'node:path';
import type { ModelDescription } from '../engine/modelDescription.ts';
import { exportModel as encodeModelFile, readModel } from '../engine/modelFile.ts';
import { LimnError } from '../errors.ts';
import { writeFileAtomically } from '../imaging/writeFileAtomically.ts';
import type { ModelRow } from '../store/types.ts';
import type { Project } from './project.ts';
import { refuseOverwriting } from './refuseOverwriting.ts';
import type { ModelSummary } from './requests.ts';

/** The description that was stored with a model. */
export function descriptionOf(row: ModelRow): ModelDescription {
  return row.description as ModelDescription;
}

/**
 * The model that `best` (of the newest run that has one; the default), `last` or a number means. A run without
 * validation has one model, which is both.
 * @throws NotFound if there is none
 */
export function resolveModel(project: Project, model = 'best'): ModelRow {
  if (/^\d+$/.test(model)) return project.store.models.get(Number(model));
  if (model !== 'best' && model !== 'last') {
    throw new LimnError(
      'NotFound',
      `There is no model '${model}'; say best, last, or a number from "limn models".`,
      {
        fields: { model },
      },
    );
  }
  const rows = project.store.models.list();
  const newest = rows.filter((row) => row.runId !== null).at(-1) ?? rows.at(-1);
  if (!newest) {
    throw new LimnError('NotFound', `The project '${project.name}' has no model yet; train one first.`);
  }
  const siblings = rows.filter((row) => row.runId === newest.runId);
  return siblings.findLast((row) => row.role === model) ?? newest;
}

/** All models of a project, oldest first. */
export function listModels(project: Project): ModelSummary[] {
  const images = new Map<number, Set<number>>();
  for (const { modelId, imageId } of project.store.predictions.list()) {
    images.set(modelId, (images.get(modelId) ?? new Set()).add(imageId));
  }
  return project.store.models.list().map((row) => ({
    modelId: row.modelId,
    name: row.name,
    runId: row.runId,
    createdAt: row.createdAt,
    role: row.role,
    step: row.step,
    parameters: row.parameters,
    classNames: descriptionOf(row).classNames,
    validationLoss: row.validationLoss,
    byteLength: row.byteLength,
    pixelSizeUm: descriptionOf(row).pixelSizeUm ?? null,
    predictedImages: images.get(row.modelId)?.size ?? 0,
  }));
}

/**
 * Removes a model, and with it the predictions that it made.
 * @returns images that have lost their prediction
 * @throws NotFound
 */
export function removeModel(project: Project, modelId: number): number[] {
  project.store.models.get(modelId);
  const rows = project.store.predictions.list().filter((row) => row.modelId === modelId);
  project.store.models.remove(modelId);
  return [...new Set(rows.map((row) => row.imageId))];
}

/**
 * Writes a model as an ONNX file that any runtime can run; an existing file is replaced at once or not at all.
 * @throws NotFound, InvalidInput if the place cannot be written to or is a project, DiskFull
 */
export async function exportModel(
  project: Project,
  request: { model?: string; out: string; halfPrecision?: boolean },
): Promise<{ modelId: number; path: string; bytes: number }> {
  const row = resolveModel(project, request.model);
  refuseOverwriting([request.out], [project.path]);
  const bytes = modelBytes(project, row.modelId, request.halfPrecision);
  const path = resolve(request.out);
  await writeFileAtomically(path, async (handle) => handle.writeFile(bytes));
  return { modelId: row.modelId, path, bytes: bytes.byteLength };
}

/** A model's ONNX file, on request with weights as float16. Throws NotFound, ProjectDamaged. */
export function modelBytes(project: Project, modelId: number, halfPrecision = false): Uint8Array {
  const stored = project.store.models.readBytes(modelId);
  return halfPrecision ? inHalfPrecision(stored) : stored;
}

function inHalfPrecision(model: Uint8Array): Uint8Array {
  const { description, weights } = readModel(model);
  return encodeModelFile(description, weights, { halfPrecision: true });
}
