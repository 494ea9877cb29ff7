/** Training runs: what was asked for, how far they are, and every metric point. */

import { LimnError } from '../errors.ts';
import type { Database } from './database.ts';
import type { MetricRow, RunRow } from './types.ts';

const COLUMNS = `run_id AS runId, state, plan, step, seconds, started_at AS startedAt, updated_at AS updatedAt,
  message, checkpoint_path AS checkpointPath, checkpoint_sha256 AS checkpointSha256, model_id AS modelId`;

/** What may change in a run's row. */
export type RunPatch = Partial<Omit<RunRow, 'runId' | 'startedAt' | 'updatedAt'>>;

export class RunTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** All runs, oldest first. */
  list(): RunRow[] {
    return this.#database.all<RunRow>(`SELECT ${COLUMNS} FROM run ORDER BY run_id`).map(runRow);
  }

  /** Throws NotFound. */
  get(runId: number): RunRow {
    const row = this.find(runId);
    if (row === undefined) {
      throw new LimnError('NotFound', `The project has no run ${runId}. \`limn runs\` lists those it has.`, {
        fields: { runId },
      });
    }
    return row;
  }

  find(runId: number): RunRow | undefined {
    const row = this.#database.get<RunRow>(`SELECT ${COLUMNS} FROM run WHERE run_id = ?`, runId);
    return row === undefined ? undefined : runRow(row);
  }

  /** Adds a run at step 0. `plan` is kept as JSON. */
  create(plan: unknown, state: RunRow['state'] = 'queued'): RunRow {
    const now = new Date().toISOString();
    const { lastId } = this.#database.run(
      'INSERT INTO run (state, plan, step, seconds, started_at, updated_at) VALUES (?, ?, 0, 0, ?, ?)',
      state,
      JSON.stringify(plan),
      now,
      now,
    );
    return this.get(lastId);
  }

  /** Changes what the patch names and notes the time. Throws NotFound. */
  update(runId: number, patch: RunPatch): RunRow {
    return this.#database.transaction(() => {
      const row = { ...this.get(runId), ...patch };
      this.#database.run(
        `UPDATE run SET state = ?, plan = ?, step = ?, seconds = ?, updated_at = ?, message = ?,
           checkpoint_path = ?, checkpoint_sha256 = ?, model_id = ? WHERE run_id = ?`,
        row.state,
        JSON.stringify(row.plan),
        row.step,
        row.seconds,
        new Date().toISOString(),
        row.message,
        row.checkpointPath,
        row.checkpointSha256,
        row.modelId,
        runId,
      );
      return this.get(runId);
    });
  }

  /** Keeps metric points. A second point of the same step adds what the first left open. */
  appendMetrics(runId: number, points: readonly MetricRow[]): void {
    if (points.length === 0) return;
    this.#database.transaction(() => {
      for (const point of points) {
        this.#database.run(
          `INSERT INTO run_metric (run_id, step, seconds, loss, learning_rate, validation_loss, validation_iou, validation_f1)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (run_id, step) DO UPDATE SET seconds = excluded.seconds,
             loss = coalesce(excluded.loss, loss), learning_rate = coalesce(excluded.learning_rate, learning_rate),
             validation_loss = coalesce(excluded.validation_loss, validation_loss),
             validation_iou = coalesce(excluded.validation_iou, validation_iou),
             validation_f1 = coalesce(excluded.validation_f1, validation_f1)`,
          runId,
          point.step,
          point.seconds,
          point.loss,
          point.learningRate,
          point.validationLoss,
          point.validationIou,
          point.validationF1 ?? null,
        );
      }
    });
  }

  /** Points of a run in order of steps. */
  metrics(runId: number): MetricRow[] {
    return this.#database.all<MetricRow>(
      `SELECT step, seconds, loss, learning_rate AS learningRate, validation_loss AS validationLoss,
         validation_iou AS validationIou, validation_f1 AS validationF1 FROM run_metric WHERE run_id = ? ORDER BY step`,
      runId,
    );
  }

  /** Last training loss and lowest validation loss, null where there is none. */
  lossesOf(runId: number): { lastLoss: number | null; bestValidationLoss: number | null } {
    const last = this.#database.get<{ loss: number }>(
      'SELECT loss FROM run_metric WHERE run_id = ? AND loss IS NOT NULL ORDER BY step DESC LIMIT 1',
      runId,
    );
    const best = this.#database.get<{ best: number | null }>(
      'SELECT min(validation_loss) AS best FROM run_metric WHERE run_id = ?',
      runId,
    );
    return { lastLoss: last?.loss ?? null, bestValidationLoss: best?.best ?? null };
  }

  /** Highest validation IoU and F1, null where there is none. */
  bestScoresOf(runId: number): { bestValidationIou: number | null; bestValidationF1: number | null } {
    const best = this.#database.get<{ iou: number | null; f1: number | null }>(
      'SELECT max(validation_iou) AS iou, max(validation_f1) AS f1 FROM run_metric WHERE run_id = ?',
      runId,
    );
    return { bestValidationIou: best?.iou ?? null, bestValidationF1: best?.f1 ?? null };
  }

  /** Forgets a run and its points. Its models stay. */
  remove(runId: number): void {
    this.#database.run('DELETE FROM run WHERE run_id = ?', runId);
  }

  /** Forgets the points after a step, as when a run goes on from an earlier checkpoint. */
  truncateMetrics(runId: number, afterStep: number): void {
    this.#database.run('DELETE FROM run_metric WHERE run_id = ? AND step > ?', runId, afterStep);
  }
}

function runRow(row: RunRow): RunRow {
  return { ...row, plan: JSON.parse(String(row.plan)) as unknown };
}
