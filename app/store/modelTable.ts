/** Trained models: description, figures, and the bytes in parts of at most 1 MB with a SHA-256 over them all. */

import { createHash } from 'node:crypto';
import { LimnError } from '../errors.ts';
import type { Database } from './database.ts';
import type { ModelRow } from './types.ts';

const PART_BYTES = 1024 * 1024;

const COLUMNS = `model_id AS modelId, name, run_id AS runId, role, step, created_at AS createdAt, description,
  parameters, validation_loss AS validationLoss, byte_length AS byteLength, sha256`;

/** A model to be kept; its bytes are given beside it. */
export type NewModel = Omit<ModelRow, 'modelId' | 'createdAt' | 'byteLength' | 'sha256'>;

export class ModelTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** All models, oldest first. */
  list(): ModelRow[] {
    return this.#database.all<ModelRow>(`SELECT ${COLUMNS} FROM model ORDER BY model_id`).map(modelRow);
  }

  /** Throws NotFound. */
  get(modelId: number): ModelRow {
    const row = this.find(modelId);
    if (row === undefined) {
      throw new LimnError(
        'NotFound',
        `The project has no model ${modelId}. \`limn models\` lists those it has.`,
        {
          fields: { modelId },
        },
      );
    }
    return row;
  }

  find(modelId: number): ModelRow | undefined {
    const row = this.#database.get<ModelRow>(`SELECT ${COLUMNS} FROM model WHERE model_id = ?`, modelId);
    return row === undefined ? undefined : modelRow(row);
  }

  /** Keeps a model, whole or not at all. @returns its row. */
  add(model: NewModel, bytes: Uint8Array): ModelRow {
    return this.#database.transaction(() => {
      const { lastId } = this.#database.run(
        `INSERT INTO model (name, run_id, role, step, created_at, description, parameters, validation_loss, byte_length, sha256)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        model.name,
        model.runId,
        model.role,
        model.step,
        new Date().toISOString(),
        JSON.stringify(model.description),
        model.parameters,
        model.validationLoss,
        bytes.byteLength,
        sha256Of(bytes),
      );
      this.#writeParts(lastId, bytes);
      return this.get(lastId);
    });
  }

  /** Gives a model another description and the bytes that say the same; its predictions stay. Throws NotFound. */
  redescribe(modelId: number, description: unknown, bytes: Uint8Array): ModelRow {
    return this.#database.transaction(() => {
      this.get(modelId);
      this.#database.run(
        'UPDATE model SET description = ?, byte_length = ?, sha256 = ? WHERE model_id = ?',
        JSON.stringify(description),
        bytes.byteLength,
        sha256Of(bytes),
        modelId,
      );
      this.#database.run('DELETE FROM model_part WHERE model_id = ?', modelId);
      this.#writeParts(modelId, bytes);
      return this.get(modelId);
    });
  }

  #writeParts(modelId: number, bytes: Uint8Array): void {
    for (let part = 0; part * PART_BYTES < bytes.byteLength; part++) {
      const cut = bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
      this.#database.run(
        'INSERT INTO model_part (model_id, part, bytes) VALUES (?, ?, ?)',
        modelId,
        part,
        cut,
      );
    }
  }

  /** The bytes that were added. Throws NotFound, and ProjectDamaged if they are no longer the same. */
  readBytes(modelId: number): Uint8Array {
    const row = this.get(modelId);
    const bytes = new Uint8Array(row.byteLength);
    let end = 0;
    const parts = this.#database.all<{ bytes: Uint8Array }>(
      'SELECT bytes FROM model_part WHERE model_id = ? ORDER BY part',
      modelId,
    );
    for (const part of parts) {
      if (end + part.bytes.byteLength > bytes.byteLength) throw damagedModel(row);
      bytes.set(part.bytes, end);
      end += part.bytes.byteLength;
    }
    if (end !== bytes.byteLength || sha256Of(bytes) !== row.sha256) throw damagedModel(row);
    return bytes;
  }

  /** Removes a model with its predictions, as when a better one of the same run takes its place. */
  remove(modelId: number): void {
    this.#database.run('DELETE FROM model WHERE model_id = ?', modelId);
  }
}

function modelRow(row: ModelRow): ModelRow {
  return { ...row, description: JSON.parse(String(row.description)) as unknown };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function damagedModel(row: ModelRow): LimnError {
  return new LimnError(
    'ProjectDamaged',
    `Model ${row.modelId} ('${row.name}') is damaged in the project file. Use another model, or train again.`,
    { fields: { modelId: row.modelId } },
  );
}
