/** Curves of one run or several over each other: losses above, IoU and F1 below; zoomed and read together. */

import { ActionIcon, Tooltip } from '@mantine/core';
import { IconZoomIn, IconZoomOut, IconZoomReset } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { create } from 'zustand';
import type { MetricPoint } from '../../app/api/types.ts';
import { texts } from '../texts.ts';
import { type CurveLine, CurvePlot } from './CurvePlot.tsx';
import {
  curveColumns,
  LOSSES,
  type Measure,
  SCORES,
  type StepRange,
  valueAt,
  zoomSteps,
} from './curveData.ts';

export interface CurveRun {
  runId: number | null;
  points: readonly MetricPoint[];
}

const useCurveOptions = create<{ logarithmic: boolean }>(() => ({ logarithmic: false }));

/** Told apart by width and dashes too, not by colour alone. */
const STYLES: Record<Measure, CurveLine> = {
  loss: { stroke: '#8f8f8f', width: 1.25 },
  validationLoss: { stroke: '#e69f00', width: 2.25, marked: true },
  validationIou: { stroke: '#35b2d1', width: 2, marked: true },
  validationF1: { stroke: '#cc79a7', width: 2, dash: [5, 3], marked: true },
};

/** Colours of runs over each other (Okabe and Ito), the first for the run on view. */
const RUN_COLOURS = ['#35b2d1', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#8f8f8f', '#f0e442'];

const linesOf = (runs: readonly CurveRun[], measures: readonly Measure[]): CurveLine[] =>
  runs.flatMap((_, i) =>
    measures.map((measure) =>
      runs.length === 1 ? STYLES[measure] : { ...STYLES[measure], stroke: runColour(i) },
    ),
  );

const runColour = (i: number): string => RUN_COLOURS[i % RUN_COLOURS.length] ?? '#8f8f8f';

interface TrainingCurveProps {
  runs: readonly CurveRun[];
  /** Of the upper plot, px; the lower one is a little less high. */
  height: number;
}

export function TrainingCurve({ runs, height }: TrainingCurveProps) {
  const { logarithmic } = useCurveOptions();
  const [zoom, setZoom] = useState<StepRange | null>(null);
  const [step, setStep] = useState<number | null>(null);
  const { train } = texts;
  const points = useMemo(() => runs.map((run) => run.points), [runs]);
  const losses = useMemo(() => curveColumns(points, LOSSES, logarithmic), [points, logarithmic]);
  const scores = useMemo(() => curveColumns(points, SCORES), [points]);
  const hasScores = points.some((one) => valueAt(one, 'validationIou') !== null);
  const [steps] = losses;
  const whole: StepRange = [steps[0] ?? 0, steps.at(-1) ?? 1];
  if (steps.length === 0) {
    return (
      <figure className="curve" aria-label={train.curve}>
        <div className="curve-empty">{train.noCurve}</div>
      </figure>
    );
  }
  const shared = { zoom, onZoom: setZoom, onStep: setStep };
  return (
    <figure className="curve" aria-label={train.curve}>
      <div className="curve-head">
        <label className="curve-log">
          <input
            type="checkbox"
            checked={logarithmic}
            onChange={(event) => useCurveOptions.setState({ logarithmic: event.currentTarget.checked })}
          />
          {train.logarithmic}
        </label>
        <span className="soft">{step === null ? train.zoomHint : train.step(step, null)}</span>
        <ZoomButton
          name={train.zoomIn}
          onClick={() => setZoom(zoomSteps(zoom ?? whole, whole, 0.5))}
          icon={<IconZoomIn size={14} />}
        />
        <ZoomButton
          name={train.zoomOut}
          disabled={zoom === null}
          onClick={() => setZoom(zoomSteps(zoom ?? whole, whole, 2))}
          icon={<IconZoomOut size={14} />}
        />
        <ZoomButton
          name={train.zoomWhole}
          disabled={zoom === null}
          onClick={() => setZoom(null)}
          icon={<IconZoomReset size={14} />}
        />
      </div>
      <CurvePlot
        columns={losses}
        lines={linesOf(runs, LOSSES)}
        height={height}
        logarithmic={logarithmic}
        {...shared}
      />
      {hasScores && (
        <CurvePlot
          columns={scores}
          lines={linesOf(runs, SCORES)}
          height={Math.round(height * 0.8)}
          range={[0, 1]}
          {...shared}
        />
      )}
      <Legend runs={runs} step={step ?? undefined} />
    </figure>
  );
}

interface ZoomButtonProps {
  name: string;
  icon: ReactNode;
  disabled?: boolean;
  onClick(): void;
}

function ZoomButton({ name, icon, disabled = false, onClick }: ZoomButtonProps) {
  return (
    <Tooltip label={name}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={22}
        aria-label={name}
        disabled={disabled}
        onClick={onClick}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

/** Values at the pointer's step, or the newest. */
function Legend({ runs, step }: { runs: readonly CurveRun[]; step: number | undefined }) {
  const { train } = texts;
  const [only] = runs;
  if (runs.length === 1 && only) {
    return (
      <figcaption className="curve-legend">
        {[...LOSSES, ...SCORES].map((measure) => {
          const value = valueAt(only.points, measure, step);
          return (
            value !== null && (
              <span key={measure}>
                <LineMark line={STYLES[measure]} />
                {`${train.measures[measure]} ${value.toPrecision(3)}`}
              </span>
            )
          );
        })}
      </figcaption>
    );
  }
  return (
    <figcaption className="curve-legend">
      {runs.map((run, i) => (
        <span key={run.runId}>
          <span className="swatch" style={{ background: runColour(i) }} />
          {train.runValues(
            run.runId ?? 0,
            valueAt(run.points, 'validationLoss', step) ?? valueAt(run.points, 'loss', step),
            valueAt(run.points, 'validationIou', step),
          )}
        </span>
      ))}
      {[...LOSSES, ...SCORES].map((measure) => (
        <span key={measure}>
          <LineMark line={{ ...STYLES[measure], stroke: 'currentColor' }} />
          {train.measures[measure]}
        </span>
      ))}
    </figcaption>
  );
}

function LineMark({ line }: { line: CurveLine }) {
  return (
    <svg width={20} height={8} aria-hidden="true">
      <line
        x1={0}
        x2={20}
        y1={4}
        y2={4}
        stroke={line.stroke}
        strokeWidth={line.width}
        strokeDasharray={line.dash?.join(' ')}
      />
    </svg>
  );
}
