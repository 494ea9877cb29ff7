/** Export: which layer, which kind of mask, to a folder of the machine that runs Limn or as a download. */

import { Anchor, Button, Checkbox, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ExportKind, ExportReport, ImageInfo } from '../../app/api/types.ts';
import { links } from '../api/backend.ts';
import { useImages, useProject } from '../api/queries.ts';
import { limnHost } from '../host/limnHost.ts';
import { exportFolder, exportMasks, hasLayer, maskKinds, useExportOptions } from '../state/exporting.ts';
import { texts } from '../texts.ts';
import { ChooseFolder } from './ChooseFolder.tsx';

export function ExportPanel({ image }: { image: ImageInfo | undefined }) {
  const images = useImages();
  const project = useProject();
  const { layer, kind, keepUnlabelled, measurements, folder } = useExportOptions();
  const [report, setReport] = useState<ExportReport | null>(null);
  const [busy, setBusy] = useState(false);
  const words = texts.export;
  const to = exportFolder(folder, project.data);
  const kinds = maskKinds(layer);
  const shownKind = kinds.includes(kind) ? kind : 'instances';
  const canKeep = layer === 'labels' && shownKind === 'instances';
  const count = (images.data ?? []).filter((row) => hasLayer(row, layer)).length;
  const host = limnHost();

  const run = async () => {
    setBusy(true);
    setReport(null);
    setReport(await exportMasks(to));
    setBusy(false);
  };

  return (
    <div className="panel">
      <SegmentedControl
        aria-label={words.layer}
        data={[
          { value: 'labels', label: words.layers.labels },
          { value: 'prediction', label: words.layers.prediction },
        ]}
        value={layer}
        onChange={(value) =>
          useExportOptions.setState({ layer: value === 'prediction' ? 'prediction' : 'labels' })
        }
      />
      <SegmentedControl
        aria-label={words.kind}
        data={kinds.map((value) => ({ value, label: words.kinds[value] }))}
        value={shownKind}
        onChange={(value) => useExportOptions.setState({ kind: value as ExportKind })}
      />
      <p className="soft">{words.kindHints[shownKind]}</p>
      <Checkbox
        label={words.keepUnlabelled}
        description={words.keepHint}
        disabled={!canKeep}
        checked={canKeep && keepUnlabelled}
        onChange={(event) => useExportOptions.setState({ keepUnlabelled: event.currentTarget.checked })}
      />
      <Checkbox
        label={words.measurements}
        checked={measurements}
        onChange={(event) => useExportOptions.setState({ measurements: event.currentTarget.checked })}
      />
      <div className="row" style={{ alignItems: 'end' }}>
        <TextInput
          className="grow"
          label={words.folder}
          description={host ? undefined : words.folderHint}
          value={to}
          onChange={(event) => useExportOptions.setState({ folder: event.currentTarget.value })}
        />
        <ChooseFolder />
      </div>
      <Button size="sm" loading={busy} disabled={count === 0 || to.trim() === ''} onClick={() => void run()}>
        {words.button}
      </Button>
      <p className="soft">{words.consequence(count)}</p>
      {image && (
        <Anchor
          size="xs"
          href={links.exportTiff(image.imageId, {
            layer,
            kind: shownKind,
            keepUnlabelled: canKeep && keepUnlabelled,
          })}
          download
        >
          {words.download}
        </Anchor>
      )}
      {report && <ReportView report={report} />}
    </div>
  );
}

function ReportView({ report }: { report: ExportReport }) {
  return (
    <div className="consequence" role="status" aria-label={texts.tabs.export}>
      <strong>{texts.export.done(report.files.length)}</strong>
      <ul className="findings">
        {report.files.slice(0, 8).map((file) => (
          <li key={file.path} style={{ overflowWrap: 'anywhere' }}>
            {file.path} <span className="soft">{file.numberType}</span>
          </li>
        ))}
        {report.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  );
}
