/** The run on view in facts: state, step, speed, time left, device. */

import { Button } from '@mantine/core';
import type { RunState } from '../../app/api/types.ts';
import { controlRun } from '../state/training.ts';
import { useTrainingView } from '../state/trainingView.ts';
import { texts } from '../texts.ts';

/** A run that did not reach its end goes on from its last checkpoint. */
function canResume(state: RunState): boolean {
  return state === 'interrupted' || state === 'stopped' || state === 'failed';
}

export function RunView() {
  const view = useTrainingView();
  const { train } = texts;
  if (view.runId === null || view.state === null) return null;
  const lastLoss = view.points.findLast((point) => point.loss !== null)?.loss;
  return (
    <>
      <dl className="facts" aria-label="Run">
        <dt>{`Run ${view.runId}`}</dt>
        <dd>{train.states[view.state]}</dd>
        <dt>Progress</dt>
        <dd>
          {train.step(view.step, view.steps)}
          {view.etaSeconds !== null && ` · ${train.eta(view.etaSeconds)}`}
        </dd>
        {view.stepsPerSecond !== null && (
          <>
            <dt>Speed</dt>
            <dd>{train.speed(view.stepsPerSecond)}</dd>
          </>
        )}
        {lastLoss !== undefined && lastLoss !== null && (
          <>
            <dt>Loss</dt>
            <dd>{lastLoss.toFixed(4)}</dd>
          </>
        )}
        {view.device !== null && (
          <>
            <dt>{train.device}</dt>
            <dd title={view.why ?? undefined}>{view.device}</dd>
          </>
        )}
      </dl>
      {canResume(view.state) && (
        <Button variant="default" onClick={() => void controlRun('resume')}>
          {train.resumeRun}
        </Button>
      )}
      {view.message !== null && <p className="soft">{view.message}</p>}
    </>
  );
}
