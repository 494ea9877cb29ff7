/** What is done with the selected images: predict them, export their masks; each button says how many. */

import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ExportKind, ExportReport, ImageInfo } from '../../app/api/types.ts';
import { useModels, useProject } from '../api/queries.ts';
import { limnHost } from '../host/limnHost.ts';
import { noteExported } from '../state/batch.ts';
import { exportFolder, exportMasks, hasLayer, maskKinds, useExportOptions } from '../state/exporting.ts';
import { predictImages, useChosenModel } from '../state/predicting.ts';
import { texts } from '../texts.ts';
import { ChooseFolder } from './ChooseFolder.tsx';

export function BatchActions({ selected }: { selected: readonly ImageInfo[] }) {
  return (
    <div className="batch-actions">
      <PredictSelected selected={selected} />
      <ExportSelected selected={selected} />
    </div>
  );
}

function PredictSelected({ selected }: { selected: readonly ImageInfo[] }) {
  const models = useModels();
  const model = useChosenModel((state) => state.model);
  const [starting, setStarting] = useState(false);
  const { batch, predict } = texts;
  const hasModel = (models.data?.length ?? 0) > 0;
  const planes = selected.reduce((sum, { shape }) => sum + shape.t * shape.z, 0);
  const run = async () => {
    setStarting(true);
    await predictImages(selected.map(({ imageId }) => imageId));
    setStarting(false);
  };
  return (
    <fieldset>
      <legend>{texts.tabs.predict}</legend>
      <div className="row batch-row">
        <Select
          aria-label={predict.model}
          data={[
            { value: 'best', label: predict.best },
            { value: 'last', label: predict.last },
            ...(models.data ?? []).map((row) => ({ value: String(row.modelId), label: row.name })),
          ]}
          value={model}
          disabled={!hasModel}
          onChange={(value) => useChosenModel.setState({ model: value ?? 'best' })}
        />
        <Button disabled={!hasModel || selected.length === 0} loading={starting} onClick={() => void run()}>
          {batch.predict(selected.length)}
        </Button>
      </div>
      <p className="soft">{models.data && !hasModel ? predict.noModel : batch.predictHint(planes)}</p>
    </fieldset>
  );
}

function ExportSelected({ selected }: { selected: readonly ImageInfo[] }) {
  const project = useProject();
  const { layer, kind, measurements, folder } = useExportOptions();
  const [report, setReport] = useState<ExportReport | null>(null);
  const [busy, setBusy] = useState(false);
  const { batch, export: words } = texts;
  const host = limnHost();
  const kinds = maskKinds(layer);
  const to = exportFolder(folder, project.data);
  const having = selected.filter((image) => hasLayer(image, layer));
  const run = async () => {
    setBusy(true);
    setReport(null);
    const written = await exportMasks(
      to,
      having.map(({ imageId }) => imageId),
    );
    setReport(written);
    if (written) noteExported(written.files.map(({ imageId }) => imageId));
    setBusy(false);
  };
  return (
    <fieldset>
      <legend>{texts.tabs.export}</legend>
      <div className="row batch-row">
        <Select
          aria-label={words.layer}
          w={130}
          data={[
            { value: 'labels', label: words.layers.labels },
            { value: 'prediction', label: words.layers.prediction },
          ]}
          value={layer}
          onChange={(value) =>
            useExportOptions.setState({ layer: value === 'prediction' ? 'prediction' : 'labels' })
          }
        />
        <Select
          aria-label={words.kind}
          w={120}
          data={kinds.map((value) => ({ value, label: words.kinds[value] }))}
          value={kinds.includes(kind) ? kind : 'instances'}
          onChange={(value) => useExportOptions.setState({ kind: value as ExportKind })}
        />
        <TextInput
          className="grow"
          aria-label={words.folder}
          title={host ? to : `${to}\n${words.folderHint}`}
          value={to}
          onChange={(event) => useExportOptions.setState({ folder: event.currentTarget.value })}
        />
        <ChooseFolder />
        <Button
          variant="default"
          loading={busy}
          disabled={having.length === 0 || to.trim() === ''}
          onClick={() => void run()}
        >
          {batch.export(having.length)}
        </Button>
      </div>
      <div className="row batch-row">
        <Checkbox
          label={words.measurements}
          checked={measurements}
          onChange={(event) => useExportOptions.setState({ measurements: event.currentTarget.checked })}
        />
        <p className="soft grow" role="status">
          {report
            ? [words.done(report.files.length), ...report.notes].join(' ')
            : batch.leftOut(selected.length - having.length, layer)}
        </p>
      </div>
    </fieldset>
  );
}
