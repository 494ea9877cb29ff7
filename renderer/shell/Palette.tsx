/** The command palette (Ctrl K) and the list of shortcuts (?). */

import { Modal } from '@mantine/core';
import { Spotlight } from '@mantine/spotlight';
import { Fragment } from 'react';
import { type Command, runCommand, useShortcutSheet } from '../state/commands.ts';
import { chooseTool } from '../state/tools.ts';
import { type PanelTab, updateWorkspace } from '../state/workspace.ts';
import { texts } from '../texts.ts';

const NAMED: readonly [Command, string][] = [
  ['import-images', texts.images.import],
  ['save-copy', texts.menus.saveCopy],
  ['undo', texts.menus.undo],
  ['redo', texts.menus.redo],
  ['history', texts.history.title],
  ['copy-to-next-z', texts.menus.copyToNextZ],
  ['copy-to-next-t', texts.menus.copyToNextT],
  ['fit', texts.menus.fit],
  ['actual-size', texts.menus.actualSize],
  ['toggle-labels', texts.layers.labels],
  ['toggle-weight-map', texts.layers.weights],
  ['toggle-prediction', texts.layers.prediction],
  ['toggle-panels', texts.menus.hidePanels],
  ['predict-image', texts.predict.image],
  ['predict-all', texts.predict.all],
  ['show-all-objects', texts.menus.showAllObjects],
  ['all-images', texts.menus.allImages],
  ['runs-and-models', texts.runs.title],
  ['shortcuts', texts.menus.shortcuts],
  ['tour', texts.menus.tour],
];

const TOOLS = [
  'brush',
  'smart',
  'eraser',
  'disk',
  'polygon',
  'lasso',
  'box',
  'ellipse',
  'fill',
  'wand',
  'split',
  'merge',
  'pick',
  'zoom',
  'hand',
] as const;

function actions() {
  const action = (label: string, run: () => void) => ({ id: label, label, onClick: run });
  const { tools, tabs } = texts;
  return [
    ...NAMED.map(([command, label]) => action(label, () => runCommand(command))),
    ...TOOLS.map((tool) => action(tools[tool], () => chooseTool(tool))),
    ...(Object.keys(tabs) as PanelTab[]).map((tab) =>
      action(`Panel: ${tabs[tab]}`, () => updateWorkspace({ tab })),
    ),
  ];
}

export function Palette() {
  const open = useShortcutSheet((state) => state.open);
  return (
    <>
      <Spotlight
        actions={actions()}
        attributes={{ content: { 'aria-label': texts.menus.palette } }}
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
