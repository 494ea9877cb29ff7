/** How grey values become brightness: histogram with handles, window, gamma and colours of a channel; no data is changed. */

import { Button, SegmentedControl, Tooltip } from '@mantine/core';
import { type CSSProperties, memo } from 'react';
import type { ImageInfo, PlaneStatistics } from '../../app/api/types.ts';
import { useStatistics } from '../api/queries.ts';
import { lookupGradient } from '../canvas/lookupTables.ts';
import { LabelledSlider } from '../controls/LabelledSlider.tsx';
import {
  type ChannelSetting,
  type LookupName,
  updateChannel,
  updateWorkspace,
  useWorkspace,
} from '../state/workspace.ts';
import { texts } from '../texts.ts';
import { ContrastHistogram } from './ContrastHistogram.tsx';

export function ContrastControls({ image }: { image: ImageInfo }) {
  const activeChannel = useWorkspace((state) => state.activeChannel);
  const channel = Math.min(activeChannel, image.shape.c - 1);
  const setting = useWorkspace((state) => state.channels[image.imageId]?.[channel]);
  const statistics = useStatistics(image.imageId, 0, Math.floor(image.shape.z / 2), channel).data;
  const { layers } = texts;
  return (
    <>
      <ContrastHead
        imageId={image.imageId}
        channel={channel}
        lookup={setting?.lookup ?? 'colour'}
        colour={setting?.colour ?? '#ffffff'}
      />
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
      {setting && statistics ? (
        <WindowControls image={image} channel={channel} setting={setting} statistics={statistics} />
      ) : (
        <div className="contrast-placeholder" aria-hidden="true" />
      )}
      <LabelledSlider
        label="gamma"
        name={layers.gamma}
        hint={layers.gammaHint}
        value={setting?.gamma ?? 1}
        minimum={0.2}
        maximum={3}
        step={0.05}
        onChange={(value) => updateChannel(image.imageId, channel, { gamma: value })}
      />
    </>
  );
}

interface ContrastHeadProps {
  imageId: number;
  channel: number;
  lookup: LookupName;
  colour: string;
}

/** Stays as it is while the window is dragged. */
const ContrastHead = memo(({ imageId, channel, lookup, colour }: ContrastHeadProps) => {
  const { layers } = texts;
  return (
    <div className="row contrast-head">
      <h2 className="section-title grow">{layers.contrast}</h2>
      {lookup === 'colour' && (
        <input
          type="color"
          className="colour-box"
          aria-label={layers.colour}
          title={layers.colour}
          value={colour}
          onChange={(event) => updateChannel(imageId, channel, { colour: event.target.value })}
        />
      )}
      <select
        className="small-select"
        aria-label={layers.lookup}
        value={lookup}
        style={{ '--ramp': lookupGradient(lookup, colour) } as CSSProperties}
        onChange={(event) => updateChannel(imageId, channel, { lookup: event.target.value as LookupName })}
      >
        {Object.entries(layers.lookups).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      <Tooltip label={layers.autoHint}>
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={() => updateChannel(imageId, channel, { low: null, high: null, gamma: 1 })}
        >
          {layers.auto}
        </Button>
      </Tooltip>
    </div>
  );
});

interface WindowControlsProps {
  image: ImageInfo;
  channel: number;
  setting: ChannelSetting;
  statistics: PlaneStatistics;
}

function WindowControls({ image, channel, setting, statistics }: WindowControlsProps) {
  const { layers } = texts;
  const low = setting.low ?? statistics.low;
  const high = setting.high ?? statistics.high;
  const step = sliderStep(statistics, image);
  // A constant image still gets a range, so that the sliders can be moved.
  const largest = Math.max(statistics.maximum, statistics.minimum + step, high);
  const smallest = Math.min(statistics.minimum, low);
  const setLow = (value: number) =>
    updateChannel(image.imageId, channel, { low: value, high: Math.max(high, value + step) });
  const setHigh = (value: number) =>
    updateChannel(image.imageId, channel, { low: Math.min(low, value - step), high: value });
  return (
    <>
      <ContrastHistogram
        statistics={statistics}
        low={low}
        high={high}
        gamma={setting.gamma}
        gradient={lookupGradient(setting.lookup, setting.colour)}
        onLow={(value) => setLow(roundTo(value, step))}
        onHigh={(value) => setHigh(roundTo(value, step))}
      />
      <LabelledSlider
        label="min"
        name={layers.minimum}
        value={low}
        minimum={smallest}
        maximum={largest}
        step={step}
        onChange={setLow}
      />
      <LabelledSlider
        label="max"
        name={layers.maximum}
        value={high}
        minimum={smallest}
        maximum={largest}
        step={step}
        onChange={setHigh}
      />
    </>
  );
}

function sliderStep(statistics: PlaneStatistics, image: ImageInfo): number {
  if (!image.numberType.startsWith('float')) return 1;
  const range = statistics.maximum - statistics.minimum;
  return range > 0 ? 10 ** Math.floor(Math.log10(range / 500)) : 0.001;
}

function roundTo(value: number, step: number): number {
  return Math.round(value / step) * step;
}
