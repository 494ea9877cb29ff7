/** Which layers are on view, and the contrast of the image: histogram and window in grey values; no data is changed. */

import { Button, Checkbox, SegmentedControl } from '@mantine/core';
import type { ImageInfo, PlaneStatistics } from '../../app/api/types.ts';
import { useStatistics } from '../api/queries.ts';
import { LabelledSlider } from '../controls/LabelledSlider.tsx';
import { updateChannel, updateWorkspace, useWorkspace } from '../state/workspace.ts';
import { texts } from '../texts.ts';

export function LayersPanel({ image }: { image: ImageInfo | undefined }) {
  const { showLabels, showWeightMap, showPrediction } = useWorkspace();
  const { layers } = texts;
  return (
    <section className="layers" aria-label={layers.title}>
      <div className="layer-switches">
        <Checkbox
          label={layers.labels}
          checked={showLabels}
          onChange={(event) => updateWorkspace({ showLabels: event.currentTarget.checked })}
        />
        <Checkbox
          label={layers.weights}
          checked={showWeightMap}
          onChange={(event) => updateWorkspace({ showWeightMap: event.currentTarget.checked })}
        />
        <Checkbox
          label={layers.prediction}
          checked={showPrediction}
          onChange={(event) => updateWorkspace({ showPrediction: event.currentTarget.checked })}
        />
      </div>
      {image && <Contrast image={image} />}
    </section>
  );
}

function Contrast({ image }: { image: ImageInfo }) {
  const activeChannel = useWorkspace((state) => state.activeChannel);
  const channel = Math.min(activeChannel, image.shape.c - 1);
  const setting = useWorkspace((state) => state.channels[image.imageId]?.[channel]);
  const statistics = useStatistics(image.imageId, 0, Math.floor(image.shape.z / 2), channel).data;
  const { layers } = texts;
  if (!setting || !statistics) return null;
  const low = setting.low ?? statistics.low;
  const high = setting.high ?? statistics.high;
  const step = sliderStep(statistics, image);
  // A constant image still gets a range, so that the sliders can be moved.
  const largest = Math.max(statistics.maximum, statistics.minimum + step, high);
  const smallest = Math.min(statistics.minimum, low);
  const change = (window: { low: number; high: number }) => updateChannel(image.imageId, channel, window);
  return (
    <>
      <div className="row">
        <h2 className="section-title grow">{layers.contrast}</h2>
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={() => updateChannel(image.imageId, channel, { low: null, high: null })}
        >
          {layers.auto}
        </Button>
      </div>
      {image.shape.c > 1 && (
        <SegmentedControl
          aria-label={texts.canvas.plane.c}
          data={image.channelNames
            .slice(0, image.shape.c)
            .map((name, c) => ({ value: String(c), label: name }))}
          value={String(channel)}
          onChange={(value) => updateWorkspace({ activeChannel: Number(value) })}
        />
      )}
      <Histogram statistics={statistics} low={low} high={high} />
      <LabelledSlider
        label="min"
        name={layers.minimum}
        value={low}
        minimum={smallest}
        maximum={largest}
        step={step}
        onChange={(value) => change({ low: value, high: Math.max(high, value + step) })}
      />
      <LabelledSlider
        label="max"
        name={layers.maximum}
        value={high}
        minimum={smallest}
        maximum={largest}
        step={step}
        onChange={(value) => change({ low: Math.min(low, value - step), high: value })}
      />
    </>
  );
}

function sliderStep(statistics: PlaneStatistics, image: ImageInfo): number {
  if (!image.numberType.startsWith('float')) return 1;
  const range = statistics.maximum - statistics.minimum;
  return range > 0 ? 10 ** Math.floor(Math.log10(range / 500)) : 0.001;
}

/** Counts on a square-root scale, so that a few bright objects beside much background are seen. */
function Histogram({ statistics, low, high }: { statistics: PlaneStatistics; low: number; high: number }) {
  const { bins, minimum, maximum } = statistics;
  const width = 288;
  const height = 44;
  const tallest = Math.sqrt(Math.max(1, ...bins));
  const bar = width / Math.max(1, bins.length);
  const path = bins
    .map((count, i) => {
      const top = height - (Math.sqrt(count) / tallest) * (height - 3);
      return `L${(i * bar).toFixed(1)} ${top.toFixed(1)}L${((i + 1) * bar).toFixed(1)} ${top.toFixed(1)}`;
    })
    .join('');
  const at = (value: number) => ((value - minimum) / Math.max(1e-12, maximum - minimum)) * width;
  return (
    <svg
      className="histogram"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={texts.layers.histogram}
    >
      <path d={`M0 ${height}${path}L${width} ${height}Z`} fill="#8d8d8d" />
      <line x1={at(low)} y1={height} x2={at(high)} y2={0} stroke="#ffffff" strokeWidth={1.25} />
      <line x1={at(low)} x2={at(low)} y1={0} y2={height} stroke="#35b2d1" strokeWidth={1.5} />
      <line x1={at(high)} x2={at(high)} y1={0} y2={height} stroke="#35b2d1" strokeWidth={1.5} />
    </svg>
  );
}
