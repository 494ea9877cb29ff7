/** From probabilities to objects: sliders whose result is drawn as they move, a fit to the labels, and setting it for good. */

import { Button, Checkbox } from '@mantine/core';
import { useEffect } from 'react';
import type { ImageInfo } from '../../app/api/types.ts';
import { LabelledSlider } from '../controls/LabelledSlider.tsx';
import {
  draftObjects,
  dropDraft,
  fitToLabels,
  followObjectPreview,
  loadObjectParameters,
  setDraft,
  useObjectPreview,
} from '../state/objectPreview.ts';
import { texts } from '../texts.ts';

const LARGEST_SLIDER_SIZE = 2000;

export function ObjectParameters({ image }: { image: ImageInfo }) {
  const { isOpen, stored, draft, cut, busy, fitted } = useObjectPreview();
  const { objects } = texts.predict;
  useEffect(() => void loadObjectParameters(image.predictionModelId), [image.predictionModelId]);
  useEffect(followObjectPreview, []);
  if (!stored) return null;
  const values = draft ?? stored.parameters;
  return (
    <details
      className="advanced"
      open={isOpen}
      onToggle={(event) => useObjectPreview.setState({ isOpen: event.currentTarget.open })}
    >
      <summary>
        {objects.title}
        {draft && <span className="soft"> · {objects.changed}</span>}
      </summary>
      <div className="object-parameters">
        <LabelledSlider
          label={objects.threshold}
          hint={objects.thresholdHint}
          value={values.threshold}
          minimum={0}
          maximum={1}
          step={0.01}
          onChange={(threshold) => draftObjects({ threshold })}
        />
        <LabelledSlider
          label={objects.seedDistance}
          hint={objects.seedDistanceHint}
          value={values.seedDistancePx}
          minimum={0}
          maximum={10}
          boxMaximum={1000}
          step={0.25}
          unit="px"
          onChange={(seedDistancePx) => draftObjects({ seedDistancePx })}
        />
        <LabelledSlider
          label={objects.minimumSize}
          hint={objects.minimumSizeHint}
          value={values.minimumSizePx}
          minimum={0}
          maximum={LARGEST_SLIDER_SIZE}
          boxMaximum={1e9}
          step={1}
          unit="px"
          onChange={(minimumSizePx) => draftObjects({ minimumSizePx })}
        />
        <Checkbox
          label={objects.fillHoles}
          checked={values.fillHoles}
          onChange={(event) => draftObjects({ fillHoles: event.currentTarget.checked })}
        />
        <Checkbox
          label={objects.clearBorder}
          checked={values.clearBorder === true}
          onChange={(event) => draftObjects({ clearBorder: event.currentTarget.checked })}
        />
        <p role="status">
          {cut ? objects.inView(cut.objects) : ''}
          {fitted ? ` ${objects.fitted(fitted.before, fitted.after, fitted.planes)}` : ''}
        </p>
        <Button
          variant="default"
          loading={busy === 'fit'}
          disabled={busy !== null}
          title={objects.fitHint}
          onClick={() => void fitToLabels()}
        >
          {objects.fit}
        </Button>
        <div className="row">
          <Button
            variant="default"
            disabled={!draft || busy !== null}
            title={objects.resetHint}
            onClick={dropDraft}
          >
            {objects.reset}
          </Button>
          <Button
            className="grow"
            loading={busy === 'set'}
            disabled={!draft || busy !== null}
            title={objects.setHint}
            onClick={() => void setDraft()}
          >
            {objects.set}
          </Button>
        </div>
      </div>
    </details>
  );
}
