/** Which layers are on view and how strongly: labels, weight map, prediction, image; the contrast stands below. */

import { Checkbox, Tooltip } from '@mantine/core';
import { IconCircle, IconCircleFilled, IconTexture } from '@tabler/icons-react';
import type { CSSProperties, ReactNode } from 'react';
import type { ImageInfo } from '../../app/api/types.ts';
import { heatGradient } from '../canvas/heatColours.ts';
import { INVENTED_COLOUR, MISSED_COLOUR } from '../canvas/predictionPainter.ts';
import { type PredictionView, updateWorkspace, useWorkspace, type Workspace } from '../state/workspace.ts';
import { texts } from '../texts.ts';
import { ContrastControls } from './ContrastControls.tsx';

export function LayersPanel({ image }: { image: ImageInfo | undefined }) {
  return (
    <section className="layers" aria-label={texts.layers.title}>
      <LabelsRow />
      <WeightsRow />
      <PredictionRow />
      {image && <ContrastControls image={image} />}
    </section>
  );
}

function LabelsRow() {
  const { layers } = texts;
  const shown = useWorkspace((state) => state.showLabels);
  const opacity = useWorkspace((state) => state.labelOpacity);
  return (
    <LayerRow
      label={layers.labels}
      name={layers.names.labels}
      shown={shown}
      opacity={opacity}
      onShow={(value) => updateWorkspace({ showLabels: value })}
      onOpacity={(value) => updateWorkspace({ labelOpacity: value })}
    >
      <LookToggle flag="showFill" name={layers.fill} icon={<IconCircleFilled size={13} />} />
      <LookToggle flag="showContours" name={layers.contours} icon={<IconCircle size={14} />} />
      <LookToggle flag="showHatch" name={layers.hatch} icon={<IconTexture size={14} />} />
    </LayerRow>
  );
}

function WeightsRow() {
  const { layers } = texts;
  const shown = useWorkspace((state) => state.showWeightMap);
  const opacity = useWorkspace((state) => state.weightOpacity);
  return (
    <LayerRow
      label={layers.weights}
      name={layers.names.weights}
      shown={shown}
      opacity={opacity}
      onShow={(value) => updateWorkspace({ showWeightMap: value })}
      onOpacity={(value) => updateWorkspace({ weightOpacity: value })}
    />
  );
}

function PredictionRow() {
  const { layers } = texts;
  const shown = useWorkspace((state) => state.showPrediction);
  const opacity = useWorkspace((state) => state.predictionOpacity);
  const view = useWorkspace((state) => state.predictionView);
  return (
    <>
      <LayerRow
        label={layers.prediction}
        name={layers.names.prediction}
        shown={shown}
        opacity={opacity}
        onShow={(value) => updateWorkspace({ showPrediction: value })}
        onOpacity={(value) => updateWorkspace({ predictionOpacity: value })}
      >
        <select
          className="small-select"
          aria-label={layers.view}
          value={view}
          onChange={(event) =>
            updateWorkspace({ predictionView: event.target.value as PredictionView, showPrediction: true })
          }
        >
          {Object.entries(layers.views).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </LayerRow>
      {shown && view !== 'objects' && view !== 'contours' && <PredictionLegend view={view} />}
    </>
  );
}

function PredictionLegend({ view }: { view: PredictionView }) {
  const { layers } = texts;
  if (view === 'disagreement') {
    return (
      <div className="heat-bar">
        <span className="swatch" style={{ background: `rgb(${MISSED_COLOUR.join(' ')})` }} />
        <span>{layers.missed}</span>
        <span className="swatch" style={{ background: `rgb(${INVENTED_COLOUR.join(' ')})` }} />
        <span>{layers.invented}</span>
      </div>
    );
  }
  const isUncertainty = view === 'uncertainty';
  return (
    <div className="heat-bar">
      <span>{isUncertainty ? layers.sure : '0'}</span>
      <span className="heat-bar-ramp" style={{ background: heatGradient('to right') }} />
      <span>{isUncertainty ? layers.unsure : '1'}</span>
    </div>
  );
}

interface LayerRowProps {
  label: string;
  name: string;
  shown: boolean;
  opacity: number;
  onShow(shown: boolean): void;
  onOpacity(opacity: number): void;
  children?: ReactNode;
}

function LayerRow({ label, name, shown, opacity, onShow, onOpacity, children }: LayerRowProps) {
  const percent = Math.round(opacity * 100);
  return (
    <div className="layer-row">
      <Checkbox label={label} checked={shown} onChange={(event) => onShow(event.currentTarget.checked)} />
      <span className="layer-extra">{children}</span>
      <Tooltip label={`${texts.layers.opacity(name)} ${percent} %`}>
        <input
          type="range"
          className="layer-opacity"
          aria-label={texts.layers.opacity(name)}
          min={0}
          max={100}
          step={5}
          value={percent}
          style={{ '--share': `${percent}%` } as CSSProperties}
          onChange={(event) => onOpacity(event.target.valueAsNumber / 100)}
        />
      </Tooltip>
    </div>
  );
}

type LookFlag = keyof Pick<Workspace, 'showFill' | 'showContours' | 'showHatch'>;

function LookToggle({ flag, name, icon }: { flag: LookFlag; name: string; icon: ReactNode }) {
  const isOn = useWorkspace((state) => state[flag]);
  return (
    <Tooltip label={name}>
      <button
        type="button"
        className="look-toggle"
        aria-label={name}
        aria-pressed={isOn}
        onClick={() => updateWorkspace({ [flag]: !isOn })}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
