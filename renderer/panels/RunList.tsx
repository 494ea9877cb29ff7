/** Earlier runs of the project; a click puts one's curve on view. */

import type { RunSummary } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { useRuns } from '../api/queries.ts';
import { showError } from '../state/showError.ts';
import { isTraining, showRun, useTrainingView } from '../state/trainingView.ts';
import { texts } from '../texts.ts';

export function RunList() {
  const runs = useRuns();
  const view = useTrainingView();
  const { train } = texts;
  const rows = [...(runs.data ?? [])].sort((a, b) => b.runId - a.runId);
  if (rows.length < 2 || isTraining(view)) return null;
  return (
    <>
      <h2 className="section-title">{train.runs}</h2>
      <ul className="run-list" aria-label={train.runs}>
        {rows.map((run) => (
          <li key={run.runId}>
            <button type="button" className="object-name" onClick={() => void show(run)}>
              {`${run.runId} · ${train.presets[run.preset].label} · ${train.states[run.state]}`}
            </button>
            <span className="object-area">
              {run.bestValidationLoss !== null
                ? train.lossNow(run.bestValidationLoss)
                : run.lastLoss !== null && train.lossNow(run.lastLoss)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

async function show(run: RunSummary): Promise<void> {
  try {
    showRun(await backend.run(run.runId));
  } catch (error) {
    showError(texts.errors.run, error);
  }
}
