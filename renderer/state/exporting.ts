/** How masks are exported, and the request; shared by the Export panel and the table of all images. */

import { create } from 'zustand';
import type { ExportKind, ExportReport, ImageInfo, ProjectInfo } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { ApiError } from '../api/request.ts';
import { texts } from '../texts.ts';
import { showError } from './showError.ts';

export type ExportLayer = 'labels' | 'prediction';

interface ExportOptions {
  layer: ExportLayer;
  kind: ExportKind;
  keepUnlabelled: boolean;
  measurements: boolean;
  /** Null for the folder beside the project. */
  folder: string | null;
}

export const useExportOptions = create<ExportOptions>(() => ({
  layer: 'labels',
  kind: 'instances',
  keepUnlabelled: false,
  measurements: false,
  folder: null,
}));

/** The folder that was chosen, or the one beside the project. */
export function exportFolder(folder: string | null, project: ProjectInfo | undefined): string {
  return folder ?? (project ? `${project.path.replace(/\.limn$/, '')} masks` : '');
}

/** Labels have no probabilities. */
export function maskKinds(layer: ExportLayer): ExportKind[] {
  return layer === 'labels' ? ['instances', 'classes'] : ['instances', 'classes', 'probabilities'];
}

/** Whether an image has what is exported. */
export function hasLayer(image: ImageInfo, layer: ExportLayer): boolean {
  return layer === 'prediction' ? image.predicted : image.labelledFraction > 0;
}

/** Exports into a folder as the options say, all images or those of the ids; null if it failed or was cancelled. */
export async function exportMasks(to: string, imageIds?: number[]): Promise<ExportReport | null> {
  const { layer, kind, keepUnlabelled, measurements } = useExportOptions.getState();
  const shownKind = maskKinds(layer).includes(kind) ? kind : 'instances';
  try {
    return await backend.exportMasks({
      to,
      layer,
      kind: shownKind,
      keepUnlabelled: keepUnlabelled && layer === 'labels' && shownKind === 'instances',
      measurements,
      ...(imageIds === undefined ? {} : { imageIds }),
    });
  } catch (error) {
    // Who cancelled it knows.
    if (!(error instanceof ApiError && error.tag === 'Cancelled')) showError(texts.errors.export, error);
    return null;
  }
}
