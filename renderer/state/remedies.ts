/** What a click on a finding does: goes to the place, or takes the tool in hand that mends it. */

import type { TrainingFinding } from '../../app/api/types.ts';
import { texts } from '../texts.ts';
import { goTo } from './goTo.ts';
import { usePixelSizeForm } from './pixelSizeForm.ts';
import { chooseTool } from './tools.ts';
import { useTrainingOptions } from './training.ts';
import { updateWorkspace } from './workspace.ts';

export interface Remedy {
  text: string;
  run(): void;
}

/** The remedy that fits the finding; null where its sentence has to do. */
export function remedyOf(finding: TrainingFinding): Remedy | null {
  const { remedies } = texts.train;
  const { place, kind } = finding;
  switch (kind) {
    case 'no-class':
      return { text: remedies.addClass, run: () => updateWorkspace({ tab: 'labels' }) };
    case 'no-background':
      return {
        text: remedies.paintBackground,
        run: () => {
          if (place) goTo(place);
          paint('background');
        },
      };
    case 'no-labels':
    case 'no-object':
    case 'class-missing':
    case 'class-scarce':
      return { text: remedies.paint, run: () => paint('object', finding.classId) };
    case 'no-validation':
      return {
        text: remedies.holdBack,
        run: () =>
          useTrainingOptions.setState(({ advanced }) => ({ advanced: { ...advanced, validation: '0.2' } })),
      };
    case 'split':
      return {
        text: remedies.holdNothingBack,
        run: () =>
          useTrainingOptions.setState(({ advanced: { validation: _dropped, ...advanced } }) => ({
            advanced,
          })),
      };
    case 'no-pixel-size':
      return {
        text: remedies.pixelSize,
        run: () => {
          if (place) goTo(place);
          updateWorkspace({ panelsHidden: false });
          // The form closes as another image comes on view, so it opens after that.
          setTimeout(() => usePixelSizeForm.setState({ open: true }));
        },
      };
    default:
      return place ? { text: remedies.show, run: () => goTo(place) } : null;
  }
}

function paint(paintMode: 'object' | 'background', classId?: number): void {
  chooseTool('brush');
  updateWorkspace({ tab: 'labels', paintMode, ...(classId === undefined ? {} : { classId }) });
}
