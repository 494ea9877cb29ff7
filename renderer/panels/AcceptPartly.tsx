/** Accepting a part of a prediction: the clicked object, all of enough confidence, or what is in view. */

import { Button } from '@mantine/core';
import { IconClick } from '@tabler/icons-react';
import { usePredictedObjects } from '../api/queries.ts';
import { LabelledSlider } from '../controls/LabelledSlider.tsx';
import { acceptConfident, acceptInView } from '../state/predicting.ts';
import { chooseTool } from '../state/tools.ts';
import { updateWorkspace, useSettings } from '../state/workspace.ts';
import { texts } from '../texts.ts';

export function AcceptPartly({ imageId }: { imageId: number }) {
  const { t, z, tool, acceptConfidence } = useSettings('t', 'z', 'tool', 'acceptConfidence');
  const objects = usePredictedObjects(imageId, t, z).data ?? [];
  const { predict } = texts;
  const sure = objects.filter(({ confidence }) => confidence >= acceptConfidence).length;
  const isClicking = tool === 'accept';
  return (
    <>
      <div className="row">
        <Button
          className="grow"
          variant={isClicking ? 'filled' : 'default'}
          aria-pressed={isClicking}
          title={predict.acceptObjectHint}
          leftSection={<IconClick size={16} stroke={1.6} />}
          px={6}
          onClick={() => {
            updateWorkspace({ showPrediction: true });
            chooseTool(isClicking ? 'brush' : 'accept');
          }}
        >
          {predict.acceptObject}
        </Button>
        <Button
          className="grow"
          variant="default"
          title={predict.acceptInViewHint}
          px={6}
          onClick={() => void acceptInView()}
        >
          {predict.acceptInView}
        </Button>
      </div>
      <LabelledSlider
        label={predict.confidenceLabel}
        name={predict.confidence}
        hint={predict.confidenceHint}
        value={Math.round(acceptConfidence * 100)}
        minimum={0}
        maximum={100}
        step={1}
        unit="%"
        onChange={(value) => updateWorkspace({ acceptConfidence: value / 100 })}
      />
      <Button variant="default" disabled={sure === 0} onClick={() => void acceptConfident(acceptConfidence)}>
        {predict.acceptSure(sure, objects.length)}
      </Button>
    </>
  );
}
