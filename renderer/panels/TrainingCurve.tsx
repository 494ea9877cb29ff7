/** Loss and validation against steps, live (uPlot). */

import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import type { MetricPoint } from '../../app/api/types.ts';
import { texts } from '../texts.ts';

const WIDTH = 284;
const HEIGHT = 150;

/** Columns of the plot: steps, training loss, validation loss, validation IoU; null where not measured. */
export function curveColumns(
  points: readonly MetricPoint[],
): [number[], (number | null)[], (number | null)[], (number | null)[]] {
  return [
    points.map((point) => point.step),
    points.map((point) => point.loss),
    points.map((point) => point.validationLoss),
    points.map((point) => point.validationIou),
  ];
}

export function TrainingCurve({ points }: { points: readonly MetricPoint[] }) {
  const scheme = useComputedColorScheme('dark');
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const isEmpty = points.length === 0;

  useEffect(() => {
    if (!element.current || isEmpty) return;
    const created = new uPlot(options(scheme), [[], [], [], []], element.current);
    plot.current = created;
    return () => {
      plot.current = null;
      created.destroy();
    };
  }, [scheme, isEmpty]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a plot made anew for another theme needs the data again.
  useEffect(() => {
    plot.current?.setData(curveColumns(points));
  }, [points, scheme]);

  const latest = (pick: (point: MetricPoint) => number | null) =>
    points.map(pick).findLast((value) => value !== null) ?? null;
  return (
    <figure className="curve" style={{ margin: 0 }} aria-label={texts.train.curve}>
      {isEmpty ? (
        <div className="curve-empty">{texts.train.noCurve}</div>
      ) : (
        <>
          <div ref={element} />
          <figcaption className="curve-legend">
            <LegendEntry name={texts.train.loss} value={latest((point) => point.loss)} line={LINES.loss} />
            <LegendEntry
              name={texts.train.validationLoss}
              value={latest((point) => point.validationLoss)}
              line={LINES.validationLoss}
            />
            <LegendEntry
              name={texts.train.validationIou}
              value={latest((point) => point.validationIou)}
              line={LINES.validationIou}
            />
          </figcaption>
        </>
      )}
    </figure>
  );
}

interface Line {
  stroke: string;
  width: number;
  dash?: number[];
}

/** Told apart by width and dashes too, not by colour alone. */
const LINES: Record<'loss' | 'validationLoss' | 'validationIou', Line> = {
  loss: { stroke: '#8f8f8f', width: 1.25 },
  validationLoss: { stroke: '#e69f00', width: 2.25 },
  validationIou: { stroke: '#35b2d1', width: 2, dash: [5, 3] },
};

/** Absent until there is a value. */
function LegendEntry({ name, value, line }: { name: string; value: number | null; line: Line }) {
  if (value === null) return null;
  return (
    <span>
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
      {`${name} ${value.toPrecision(3)}`}
    </span>
  );
}

function options(scheme: 'dark' | 'light'): uPlot.Options {
  const ink = scheme === 'dark' ? '#a8a8a8' : '#595959';
  const grid = { stroke: scheme === 'dark' ? '#3d3d3d' : '#dddddd', width: 1 };
  const axis = { stroke: ink, grid, ticks: { ...grid, size: 4 }, font: '11px system-ui' };
  const points = { show: true, size: 5 };
  return {
    width: WIDTH,
    height: HEIGHT,
    cursor: { y: false, drag: { x: true, y: false } },
    scales: { x: { time: false }, iou: { range: [0, 1] } },
    axes: [
      { ...axis, size: 26 },
      { ...axis, size: 42 },
      { ...axis, scale: 'iou', side: 1, size: 34, grid: { show: false }, show: true },
    ],
    legend: { show: false },
    series: [
      {},
      { ...LINES.loss, spanGaps: true, points: { show: false } },
      { ...LINES.validationLoss, spanGaps: true, points },
      { ...LINES.validationIou, scale: 'iou', spanGaps: true, points },
    ],
  };
}
