/** The command palette (Ctrl K) and the list of shortcuts (?). */

import { Modal } from '@mantine/core';
import { Spotlight } from '@mantine/spotlight';
import { Fragment } from 'react';
import { create } from 'zustand';
import { redo, undo } from '../state/editing.ts';
import { chooseAndImport } from '../state/importing.ts';
import { chooseTool } from '../state/tools.ts';
import { type PanelTab, updateWorkspace, useWorkspace, viewport } from '../state/workspace.ts';
import { texts } from '../texts.ts';

const useShortcutSheet = create<{ open: boolean }>(() => ({ open: false }));

/** Opens the list of shortcuts. */
export function showShortcuts(): void {
  useShortcutSheet.setState({ open: true });
}

function toggle(layer: 'showLabels' | 'showWeightMap' | 'showPrediction'): void {
  updateWorkspace({ [layer]: !useWorkspace.getState()[layer] });
}

function commands() {
  const { menus, tools, layers, tabs } = texts;
  const command = (label: string, run: () => void) => ({ id: label, label, onClick: run });
  const toolNames = ['brush', 'eraser', 'polygon', 'lasso', 'fill', 'hand'] as const;
  return [
    command(texts.images.import, () => void chooseAndImport()),
    ...toolNames.map((tool) => command(tools[tool], () => chooseTool(tool))),
    command(menus.undo, undo),
    command(menus.redo, redo),
    command(menus.fit, () => viewport.fit()),
    command(menus.actualSize, () => viewport.showActualSize()),
    command(layers.labels, () => toggle('showLabels')),
    command(layers.weights, () => toggle('showWeightMap')),
    command(layers.prediction, () => toggle('showPrediction')),
    ...(Object.keys(tabs) as PanelTab[]).map((tab) =>
      command(`Panel: ${tabs[tab]}`, () => updateWorkspace({ tab })),
    ),
    command(menus.shortcuts, showShortcuts),
  ];
}

export function Palette() {
  const open = useShortcutSheet((state) => state.open);
  return (
    <>
      <Spotlight
        actions={commands()}
        shortcut="mod + K"
        nothingFound="No such command."
        highlightQuery
        searchProps={{ placeholder: texts.menus.palette }}
      />
      <Modal
        opened={open}
        onClose={() => useShortcutSheet.setState({ open: false })}
        title={texts.menus.shortcuts}
        size="lg"
      >
        <div className="shortcut-grid">
          {texts.shortcuts.map(([keys, meaning]) => (
            <Fragment key={keys}>
              <kbd>{keys}</kbd>
              <span>{meaning}</span>
            </Fragment>
          ))}
        </div>
      </Modal>
    </>
  );
}
