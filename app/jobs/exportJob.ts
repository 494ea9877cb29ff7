/** An export as a job: progress for everyone who looks, the report for who asked. */

import { basename } from 'node:path';
import type { Workspace } from '../api/workspace.ts';
import { exportMasks } from '../services/exportService.ts';
import type { ExportReport, ExportRequest } from '../services/requests.ts';

/** Exports from the open project; a page that leaves does not stop it. */
export function exportToFolder(workspace: Workspace, request: ExportRequest): Promise<ExportReport> {
  const { project } = workspace;
  return workspace.jobs.add({
    kind: 'export',
    title: `Export to ${basename(request.to)}`,
    lane: 'beside',
    run: (context) => exportMasks(project, request, context),
  }).finished;
}
