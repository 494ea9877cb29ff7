/** The histogram of a plane with the window drawn over it; its two lines are handles. */

import { useMemo, useRef } from 'react';
import type { PlaneStatistics } from '../../app/api/types.ts';
import { texts } from '../texts.ts';

const WIDTH = 288;
const HEIGHT = 44;
/** Points of the curve that the window draws. */
const CURVE_POINTS = 24;

interface ContrastHistogramProps {
  statistics: PlaneStatistics;
  low: number;
  high: number;
  gamma: number;
  gradient: string;
  onLow(value: number): void;
  onHigh(value: number): void;
}

export function ContrastHistogram(props: ContrastHistogramProps) {
  const { statistics, low, high, gamma, gradient } = props;
  const { minimum, maximum } = statistics;
  const dragged = useRef<'low' | 'high' | null>(null);
  const bars = useMemo(() => barsOf(statistics.bins), [statistics.bins]);
  const range = Math.max(1e-12, maximum - minimum);
  const at = (value: number) => ((value - minimum) / range) * WIDTH;

  const move = (event: React.PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const value = minimum + share * range;
    if (dragged.current === 'low') props.onLow(value);
    else if (dragged.current === 'high') props.onHigh(value);
  };

  return (
    <div className="histogram-box">
      {/* Keyboard and screen readers have the two sliders below. */}
      <svg
        className="histogram"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={texts.layers.histogram}
        onPointerDown={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const x = ((event.clientX - box.left) / box.width) * WIDTH;
          dragged.current = Math.abs(x - at(low)) <= Math.abs(x - at(high)) ? 'low' : 'high';
          event.currentTarget.setPointerCapture(event.pointerId);
          move(event);
        }}
        onPointerMove={(event) => {
          if (dragged.current) move(event);
        }}
        onPointerUp={() => {
          dragged.current = null;
        }}
        onPointerCancel={() => {
          dragged.current = null;
        }}
      >
        <path d={bars} fill="#8d8d8d" />
        <path d={curveOf(at(low), at(high), gamma)} fill="none" stroke="#ffffff" strokeWidth={1.25} />
        {[at(low), at(high)].map((x, i) => (
          <g key={i === 0 ? 'low' : 'high'}>
            <line x1={x} x2={x} y1={0} y2={HEIGHT} stroke="#35b2d1" strokeWidth={1.5} />
            <rect x={x - 3} y={i === 0 ? HEIGHT - 9 : 0} width={6} height={9} rx={2} fill="#35b2d1" />
          </g>
        ))}
      </svg>
      <div
        className="histogram-ramp"
        style={{
          marginLeft: `${clampShare(at(low) / WIDTH) * 100}%`,
          width: `${(clampShare(at(high) / WIDTH) - clampShare(at(low) / WIDTH)) * 100}%`,
          background: gradient,
        }}
      />
    </div>
  );
}

const clampShare = (share: number) => Math.min(1, Math.max(0, share));

/** Counts on a square-root scale, so that a few bright objects beside much background are seen. */
function barsOf(bins: readonly number[]): string {
  const tallest = Math.sqrt(Math.max(1, ...bins));
  const bar = WIDTH / Math.max(1, bins.length);
  const path = bins.map((count, i) => {
    const top = (HEIGHT - (Math.sqrt(count) / tallest) * (HEIGHT - 3)).toFixed(1);
    return `L${(i * bar).toFixed(1)} ${top}L${((i + 1) * bar).toFixed(1)} ${top}`;
  });
  return `M0 ${HEIGHT}${path.join('')}L${WIDTH} ${HEIGHT}Z`;
}

/** Brightness over grey value: 0 up to `x0`, bent by gamma, 1 from `x1` on. */
function curveOf(x0: number, x1: number, gamma: number): string {
  const points = Array.from({ length: CURVE_POINTS + 1 }, (_, i) => {
    const share = i / CURVE_POINTS;
    return `${(x0 + (x1 - x0) * share).toFixed(1)} ${(HEIGHT * (1 - share ** gamma)).toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}
