/** Prediction: with which model, for this image or all, how it is shown, and accepting it into the labels. */

import { Button, SegmentedControl, Select } from '@mantine/core';
import type { ImageInfo } from '../../app/api/types.ts';
import { useImages, useJobs, useModels } from '../api/queries.ts';
import { heatGradient } from '../canvas/heatColours.ts';
import { usePredictionLayer } from '../canvas/predictionLayer.ts';
import { LabelledSlider } from '../controls/LabelledSlider.tsx';
import { useEditing } from '../state/editing.ts';
import { acceptPrediction, predictAll, predictImage, useChosenModel } from '../state/predicting.ts';
import { updateWorkspace, useSettings } from '../state/workspace.ts';
import { texts } from '../texts.ts';
import { AcceptPartly } from './AcceptPartly.tsx';
import { ObjectParameters } from './ObjectParameters.tsx';
import { ReviewList } from './ReviewList.tsx';

export function PredictPanel({ image }: { image: ImageInfo | undefined }) {
  const models = useModels();
  const images = useImages();
  const jobs = useJobs();
  const model = useChosenModel((state) => state.model);
  const { predict } = texts;
  const busy = (jobs.data ?? []).some(
    (job) => job.kind === 'predict' && (job.state === 'running' || job.state === 'queued'),
  );
  const hasModel = (models.data?.length ?? 0) > 0;
  const count = images.data?.length ?? 0;

  return (
    <div className="panel">
      {hasModel ? (
        <Select
          label={predict.model}
          data={[
            { value: 'best', label: predict.best },
            { value: 'last', label: predict.last },
            ...(models.data ?? []).map((row) => ({ value: String(row.modelId), label: row.name })),
          ]}
          value={model}
          onChange={(value) => useChosenModel.setState({ model: value ?? 'best' })}
        />
      ) : (
        models.data && <p className="consequence">{predict.noModel}</p>
      )}
      <div className="row">
        <Button
          className="grow"
          variant="default"
          disabled={!hasModel || !image || busy}
          onClick={() => void predictImage()}
        >
          {predict.image}
        </Button>
        <Button
          className="grow"
          disabled={!hasModel || count === 0 || busy}
          onClick={() => void predictAll()}
        >
          {predict.all}
        </Button>
      </div>
      {hasModel && <p className="soft">{predict.allHint(count)}</p>}
      <PredictionView image={image} />
      {images.data?.some((candidate) => candidate.predicted) && <ReviewList />}
    </div>
  );
}

function PredictionView({ image }: { image: ImageInfo | undefined }) {
  const { predictionView, predictionOpacity, predictionClass, t, z } = useSettings(
    'predictionView',
    'predictionOpacity',
    'predictionClass',
    't',
    'z',
  );
  const classes = useEditing((state) => state.classes);
  const layer = usePredictionLayer((state) => state.layer);
  const { predict } = texts;
  if (!image?.predicted) return <p className="soft">{predict.none}</p>;
  const isCurrent = layer?.imageId === image.imageId && layer.t === t && layer.z === z;
  return (
    <>
      <SegmentedControl
        aria-label={predict.view}
        data={[
          { value: 'objects', label: predict.views.objects },
          { value: 'probability', label: predict.views.probability },
        ]}
        value={predictionView}
        onChange={(value) =>
          updateWorkspace({
            predictionView: value === 'probability' ? 'probability' : 'objects',
            showPrediction: true,
          })
        }
      />
      {predictionView === 'probability' && classes.length > 1 && (
        <Select
          label={predict.class}
          data={classes.map((row) => ({ value: String(row.position), label: row.name }))}
          value={String(predictionClass)}
          onChange={(value) => updateWorkspace({ predictionClass: Number(value) })}
        />
      )}
      {predictionView === 'probability' && (
        <div className="heat-bar">
          <span>0</span>
          <span className="heat-bar-ramp" style={{ background: heatGradient('to right') }} />
          <span>1</span>
        </div>
      )}
      <LabelledSlider
        label="opacity"
        name={predict.opacity}
        value={Math.round(predictionOpacity * 100)}
        minimum={0}
        maximum={100}
        step={5}
        unit="%"
        onChange={(value) => updateWorkspace({ predictionOpacity: value / 100 })}
      />
      {isCurrent && <p>{predict.found(layer.objects)}</p>}
      <ObjectParameters image={image} />
      <Button variant="default" onClick={() => void acceptPrediction()}>
        {predict.accept}
      </Button>
      <p className="soft">{predict.acceptHint}</p>
      <AcceptPartly imageId={image.imageId} />
    </>
  );
}
