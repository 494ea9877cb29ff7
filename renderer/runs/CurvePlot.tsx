/** One plot of curves against steps (uPlot); its zoom is told and set from outside, so that plots zoom together. */

import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import type { Columns, StepRange } from './curveData.ts';

export interface CurveLine {
  stroke: string;
  width: number;
  dash?: number[];
  /** Single measurements are marked. */
  marked?: boolean;
}

interface CurvePlotProps {
  columns: Columns;
  lines: readonly CurveLine[];
  height: number;
  /** Fixed range of the values; by the data where absent. */
  range?: [number, number];
  logarithmic?: boolean;
  zoom: StepRange | null;
  onZoom(zoom: StepRange | null): void;
  /** Step under the pointer, null when it leaves. */
  onStep(step: number | null): void;
}

export function CurvePlot(props: CurvePlotProps) {
  const { columns, lines, height, range, logarithmic = false, zoom } = props;
  const scheme = useComputedColorScheme('dark');
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const told = useRef(props);
  told.current = props;
  // A plot is made anew only where something changes that uPlot cannot change.
  const form = JSON.stringify([lines, range, logarithmic, height, scheme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `form` stands for what the plot is made of.
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const created = new uPlot(
      options(told.current, scheme, target.clientWidth),
      told.current.columns as uPlot.AlignedData,
      target,
    );
    plot.current = created;
    const observer = new ResizeObserver(() => {
      if (target.clientWidth !== created.width) {
        created.setSize({ width: target.clientWidth, height: created.height });
      }
    });
    observer.observe(target);
    show(created, told.current);
    return () => {
      observer.disconnect();
      plot.current = null;
      created.destroy();
    };
  }, [form]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: shown again whenever the data or the zoom change.
  useEffect(() => {
    if (plot.current) show(plot.current, told.current);
  }, [columns, zoom]);

  return <div ref={element} className="curve-plot" style={{ height }} />;
}

function show(plot: uPlot, { columns, zoom }: CurvePlotProps): void {
  const [steps] = columns;
  plot.batch(() => {
    plot.setData(columns as uPlot.AlignedData, false);
    const first = steps[0] ?? 0;
    const last = steps.at(-1) ?? 1;
    const [min, max] = zoom ?? [first, last > first ? last : first + 1];
    plot.setScale('x', { min, max });
  });
}

function options(props: CurvePlotProps, scheme: 'dark' | 'light', width: number): uPlot.Options {
  const { lines, height, range, logarithmic = false } = props;
  const ink = scheme === 'dark' ? '#a8a8a8' : '#595959';
  const grid = { stroke: scheme === 'dark' ? '#3d3d3d' : '#dddddd', width: 1 };
  const axis = { stroke: ink, grid, ticks: { ...grid, size: 4 }, font: '11px system-ui' };
  return {
    width,
    height,
    cursor: {
      y: false,
      // The zoom goes through the page, so that all plots and the keyboard share it.
      drag: { x: true, y: false, setScale: false },
      bind: {
        dblclick: () => () => {
          props.onZoom(null);
          return null;
        },
      },
    },
    scales: {
      x: { time: false },
      y: { ...(range && { range }), ...(logarithmic && { distr: 3 as const, log: 10 as const }) },
    },
    axes: [
      { ...axis, size: 24, space: 50 },
      { ...axis, size: 44, space: 26 },
    ],
    legend: { show: false },
    series: [
      {},
      ...lines.map(({ marked, ...line }) => ({
        ...line,
        spanGaps: true,
        points: { show: marked ?? false, size: 5 },
      })),
    ],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width: selected } = plot.select;
          if (selected < 3) return;
          props.onZoom([plot.posToVal(left, 'x'), plot.posToVal(left + selected, 'x')]);
          plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        },
      ],
      setCursor: [
        (plot) => props.onStep(plot.cursor.idx == null ? null : (plot.data[0][plot.cursor.idx] ?? null)),
      ],
    },
  };
}
