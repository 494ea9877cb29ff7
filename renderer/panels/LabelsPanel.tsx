/** What the brush paints (object, background, class, size), the legend of what trains, and the image's objects. */

import { ActionIcon, Checkbox, SegmentedControl, Select, Tooltip } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { ClassRow } from '../../app/api/types.ts';
import { LabelledSlider } from '../controls/LabelledSlider.tsx';
import { PAINT_MODES, type PaintMode, STROKE_TARGETS, type StrokeTarget } from '../editor/paintTarget.ts';
import { useEditing } from '../state/editing.ts';
import { LARGEST_BRUSH, setBrushSize, updateWorkspace, useSettings } from '../state/workspace.ts';
import { texts } from '../texts.ts';
import { NewClassForm } from './NewClassForm.tsx';
import { ObjectActions } from './ObjectActions.tsx';
import { ObjectList } from './ObjectList.tsx';

export function LabelsPanel() {
  const { paintMode, strokes, brushSize, protectObjects, onlyUnlabelled, classId } = useSettings(
    'paintMode',
    'strokes',
    'brushSize',
    'protectObjects',
    'onlyUnlabelled',
    'classId',
  );
  const classes = useEditing((state) => state.classes);
  const [adding, setAdding] = useState(false);
  const { labels } = texts;
  const chosen = classes.find((row) => row.classId === classId) ?? classes[0];
  return (
    <div className="panel panel-fitted">
      <SegmentedControl
        aria-label={labels.paint}
        className="paint-modes"
        data={PAINT_MODES.map((mode) => ({ value: mode, label: labels.modes[mode] }))}
        value={paintMode}
        title={labels.modeKeys}
        onChange={(value) => updateWorkspace({ paintMode: value as PaintMode })}
      />
      {paintMode === 'object' && chosen?.kind !== 'stuff' && (
        <SegmentedControl
          aria-label={labels.strokes}
          className="paint-modes"
          data={STROKE_TARGETS.map((value) => ({ value, label: labels.strokeTargets[value] }))}
          value={strokes}
          title={labels.strokeKey}
          onChange={(value) => updateWorkspace({ strokes: value as StrokeTarget })}
        />
      )}
      <p className="soft">{modeHint(paintMode, chosen, strokes)}</p>
      <div className="row">
        <Select
          className="grow"
          aria-label={labels.class}
          data={classes.map((row) => ({ value: String(row.classId), label: row.name }))}
          value={chosen ? String(chosen.classId) : null}
          leftSection={<span className="swatch" style={{ background: chosen?.colour }} />}
          disabled={paintMode === 'background' || paintMode === 'unlabelled'}
          onChange={(value) => updateWorkspace({ classId: Number(value) })}
        />
        <Tooltip label={labels.addClass}>
          <ActionIcon
            variant="default"
            size={30}
            aria-label={labels.addClass}
            onClick={() => setAdding(!adding)}
          >
            <IconPlus size={15} />
          </ActionIcon>
        </Tooltip>
      </div>
      {adding && <NewClassForm onDone={() => setAdding(false)} />}
      <BrushSize value={brushSize} />
      <Checkbox
        label={labels.protect}
        title={labels.protectHint}
        checked={protectObjects}
        onChange={(event) => updateWorkspace({ protectObjects: event.currentTarget.checked })}
      />
      <Checkbox
        label={labels.onlyUnlabelled}
        title={labels.onlyUnlabelledHint}
        checked={onlyUnlabelled}
        onChange={(event) => updateWorkspace({ onlyUnlabelled: event.currentTarget.checked })}
      />
      <ObjectActions />
      <ObjectList />
      <div className="legend" role="note" aria-label={labels.legend}>
        <span className="legend-object" />
        <span>{labels.legendObject}</span>
        <span className="legend-background" />
        <span>{labels.legendBackground}</span>
        <span className="legend-nothing" />
        <span>{labels.legendNothing}</span>
      </div>
    </div>
  );
}

function modeHint(mode: PaintMode, chosen: ClassRow | undefined, strokes: StrokeTarget): string {
  const { modeHints, strokeHints } = texts.labels;
  if (mode === 'object' && chosen?.kind !== 'stuff' && strokes !== 'auto') return strokeHints[strokes];
  return mode === 'object' && chosen?.kind === 'stuff' ? modeHints.region : modeHints[mode];
}

function BrushSize({ value }: { value: number }) {
  const { labels } = texts;
  return (
    <div title="[ and ]">
      <LabelledSlider
        label={labels.brushSize}
        name={labels.brushSize}
        value={value}
        minimum={1}
        maximum={Math.max(100, Math.min(LARGEST_BRUSH, value))}
        step={1}
        boxName={labels.brushSize}
        boxMaximum={LARGEST_BRUSH}
        unit="px"
        onChange={setBrushSize}
      />
    </div>
  );
}
