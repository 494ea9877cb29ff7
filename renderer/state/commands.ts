/** Every command by name: for the menus, the palette, the keyboard and the desktop's own menu. */

import { spotlight } from '@mantine/spotlight';
import { create } from 'zustand';
import type { MenuCommand } from '../../app/api/types.ts';
import { limnHost } from '../host/limnHost.ts';
import { openBatch } from './batch.ts';
import { copyToNext } from './copyToNext.ts';
import { redo, undo } from './editing.ts';
import { toggleHistory } from './history.ts';
import { chooseAndImport } from './importing.ts';
import { showAllObjects } from './objects.ts';
import { acceptPrediction, predictAll, predictImage } from './predicting.ts';
import { newProject, openProject, saveCopy } from './projects.ts';
import { useRunsView } from './runs.ts';
import { startTour } from './tour.ts';
import { controlRun, startTraining } from './training.ts';
import { useTrainingView } from './trainingView.ts';
import { updateWorkspace, useWorkspace, viewport } from './workspace.ts';

/** Commands of the desktop's menu and of the page's own. */
export type Command =
  | MenuCommand
  | 'palette'
  | 'show-all-objects'
  | 'history'
  | 'show-training'
  | 'show-prediction-panel'
  | 'all-images'
  | 'runs-and-models'
  | 'tour';

export const useShortcutSheet = create<{ open: boolean }>(() => ({ open: false }));

const commands: Record<Command, () => void> = {
  'new-project': () => void newProject(),
  'open-project': () => void openProject(),
  'save-copy': () => void saveCopy(),
  'import-images': () => void chooseAndImport(),
  'export-masks': () => updateWorkspace({ tab: 'export', panelsHidden: false }),
  undo,
  redo,
  'copy-to-next-z': () => void copyToNext('z'),
  'copy-to-next-t': () => void copyToNext('t'),
  fit: () => viewport.fit(),
  'actual-size': () => viewport.showActualSize(),
  'zoom-in': () => zoom(1.25),
  'zoom-out': () => zoom(0.8),
  'toggle-labels': () => toggle('showLabels'),
  'toggle-weight-map': () => toggle('showWeightMap'),
  'toggle-prediction': () => toggle('showPrediction'),
  'toggle-panels': () => toggle('panelsHidden'),
  'start-training': () => {
    updateWorkspace({ tab: 'train' });
    void startTraining();
  },
  'pause-training': () => void controlRun(useTrainingView.getState().state === 'paused' ? 'resume' : 'pause'),
  'stop-training': () => void controlRun('stop'),
  'predict-image': () => void predictImage(),
  'predict-all': () => void predictAll(),
  'accept-prediction': () => void acceptPrediction(),
  shortcuts: () => useShortcutSheet.setState({ open: true }),
  tour: startTour,
  'all-images': openBatch,
  palette: () => spotlight.open(),
  'show-all-objects': showAllObjects,
  history: toggleHistory,
  'show-training': () => updateWorkspace({ tab: 'train' }),
  'show-prediction-panel': () => updateWorkspace({ tab: 'predict' }),
  'runs-and-models': () => useRunsView.setState({ open: true }),
};

/** Carries out a command. */
export function runCommand(command: Command): void {
  commands[command]();
}

/** Listens to the desktop's menu; returns the way to stop. */
export function followDesktopMenu(): () => void {
  return limnHost()?.onCommand(runCommand) ?? (() => undefined);
}

function toggle(flag: 'showLabels' | 'showWeightMap' | 'showPrediction' | 'panelsHidden'): void {
  updateWorkspace({ [flag]: !useWorkspace.getState()[flag] });
}

function zoom(factor: number): void {
  const { width, height } = viewport.size;
  viewport.zoomAt({ x: width / 2, y: height / 2 }, factor);
}
