/** The separation-border weight map: formula, w0 and sigma, colour bar, recomputed as the user paints. */

import { Button, SegmentedControl } from '@mantine/core';
import { WEIGHT_MAP_DEFAULTS } from '../../app/science/weightMap.ts';
import { heatGradient } from '../canvas/heatColours.ts';
import { LabelledSlider } from '../controls/LabelledSlider.tsx';
import { useWeightLayer } from '../state/weightMapLayer.ts';
import { type WeightReading, weightReading } from '../state/weightReading.ts';
import { updateWorkspace, usePointerPixel, useSettings } from '../state/workspace.ts';
import { texts } from '../texts.ts';

export function WeightMapPanel() {
  const { showWeightMap, weightPreset, w0, sigma, weightOpacity } = useSettings(
    'showWeightMap',
    'weightPreset',
    'w0',
    'sigma',
    'weightOpacity',
  );
  const layer = useWeightLayer((state) => state.layer);
  const { weights } = texts;
  const published = WEIGHT_MAP_DEFAULTS[weightPreset];
  const isPublished = w0 === published.w0 && sigma === published.sigmaPx;
  const choosePreset = (value: string) => {
    const preset = value === 'fiji' ? 'fiji' : 'paper';
    const { w0: height, sigmaPx } = WEIGHT_MAP_DEFAULTS[preset];
    updateWorkspace({ weightPreset: preset, w0: height, sigma: sigmaPx });
  };
  return (
    <div className="panel">
      <p>{weights.explain}</p>
      <SegmentedControl
        aria-label={weights.preset}
        data={[
          { value: 'paper', label: weights.presets.paper },
          { value: 'fiji', label: weights.presets.fiji },
        ]}
        value={weightPreset}
        onChange={choosePreset}
      />
      <LabelledSlider
        label={weights.w0}
        hint={weights.w0Hint}
        value={w0}
        minimum={0}
        maximum={100}
        step={0.5}
        onChange={(value) => updateWorkspace({ w0: value })}
      />
      <LabelledSlider
        label={weights.sigma}
        hint={weights.sigmaHint}
        value={sigma}
        minimum={0.5}
        maximum={30}
        step={0.5}
        unit="px"
        onChange={(value) => updateWorkspace({ sigma: value })}
      />
      <Button
        variant="subtle"
        size="compact-xs"
        disabled={isPublished}
        onClick={() => choosePreset(weightPreset)}
        style={{ alignSelf: 'start' }}
      >
        {`${weights.reset}: w0 ${published.w0}, sigma ${published.sigmaPx} px`}
      </Button>
      <LabelledSlider
        label="opacity"
        name={weights.opacity}
        value={Math.round(weightOpacity * 100)}
        minimum={0}
        maximum={100}
        step={5}
        unit="%"
        onChange={(value) => updateWorkspace({ weightOpacity: value / 100 })}
      />
      {showWeightMap && layer ? (
        <>
          <div className="heat-bar">
            <span>0</span>
            <span className="heat-bar-ramp" style={{ background: heatGradient('to right') }} />
            <span>{layer.maximum.toPrecision(3)}</span>
          </div>
          <p className="soft">{weights.computed(layer.milliseconds)}</p>
          <Reading />
          {!layer.hasBorder && <p className="consequence">{weights.needTwo}</p>}
        </>
      ) : (
        <p className="consequence">{weights.off}</p>
      )}
    </div>
  );
}

/** The arithmetic of the weight under the pointer. */
function Reading() {
  usePointerPixel();
  useWeightLayer();
  const { weightPreset } = useSettings('weightPreset');
  const { weights } = texts;
  const reading = weightReading();
  return (
    <div className="weight-reading">
      <p className="soft">{weightPreset === 'paper' ? weights.paperFormula : weights.fijiFormula}</p>
      <output aria-label={weights.reading} aria-live="off">
        {reading ? arithmetic(reading) : weights.readingHint}
      </output>
    </div>
  );
}

function arithmetic(reading: WeightReading): string {
  const { weights } = texts;
  const { base, w0, sigmaPx, near, weight, preset } = reading;
  const [first, second] = near;
  const short = (value: number) => String(Number(value.toFixed(2)));
  const border =
    first && second
      ? weights.border(short(base), short(w0), short(first.distance), short(second.distance), short(sigmaPx))
      : weights.noSecond(short(base));
  const rest = preset === 'fiji' && first ? weights.near(short(1 - base), short(first.distance)) : '';
  return weights.equals(border + rest, weight.toFixed(3));
}
