/** The tour of the workstation: which step is on view, and the panel and layer that each step shows; both go back at its end. */

import { create } from 'zustand';
import { backend } from '../api/backend.ts';
import { texts } from '../texts.ts';
import { showError } from './showError.ts';
import { updateWorkspace, useWorkspace, type Workspace } from './workspace.ts';

export type TourStep = keyof typeof texts.tour.steps;

/** In the order in which one works. */
export const TOUR_STEPS: readonly TourStep[] = [
  'welcome',
  'images',
  'tools',
  'labels',
  'weights',
  'train',
  'predict',
  'export',
];

type View = Pick<Workspace, 'tab' | 'showWeightMap' | 'panelsHidden'>;

interface TourState {
  /** Place in {@link TOUR_STEPS}; null while there is no tour. */
  at: number | null;
  /** The view before the tour. */
  before: View | null;
}

export const useTour = create<TourState>(() => ({ at: null, before: null }));

/** Begins the tour by itself, once for each user, on the sample project. */
export async function offerTour(): Promise<void> {
  try {
    if (await backend.beginFirstTour()) startTour();
  } catch (error) {
    showError(texts.errors.tour, error);
  }
}

/** Begins the tour, or begins it again. */
export function startTour(): void {
  const { tab, showWeightMap, panelsHidden } = useWorkspace.getState();
  const { before } = useTour.getState();
  useTour.setState({ before: before ?? { tab, showWeightMap, panelsHidden } });
  show(0);
}

/** Goes on or back; past the last step the tour ends. */
export function stepTour(by: 1 | -1): void {
  const { at } = useTour.getState();
  if (at === null) return;
  if (at + by >= TOUR_STEPS.length) endTour();
  else show(Math.max(0, at + by));
}

/** Ends the tour; panel and layers are as they were before it. */
export function endTour(): void {
  const { before } = useTour.getState();
  if (before) updateWorkspace(before);
  useTour.setState({ at: null, before: null });
}

function show(at: number): void {
  const step = TOUR_STEPS[at];
  const { before } = useTour.getState();
  const tab =
    step === 'labels' || step === 'weights' || step === 'train' || step === 'predict' || step === 'export'
      ? step
      : (before?.tab ?? 'labels');
  updateWorkspace({
    tab,
    panelsHidden: false,
    showWeightMap: step === 'weights' || (before?.showWeightMap ?? false),
  });
  useTour.setState({ at });
}
