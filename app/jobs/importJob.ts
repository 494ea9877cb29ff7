/** An import as a job: progress for everyone who looks, the report for who asked. */

import { basename } from 'node:path';
import type { Workspace } from '../api/workspace.ts';
import { importImages } from '../services/importService.ts';
import type { ImportReport, ImportRequest } from '../services/requests.ts';

/** Imports into the open project; a page that leaves does not stop it. */
export async function importFiles(workspace: Workspace, request: ImportRequest): Promise<ImportReport> {
  const { project } = workspace;
  const first = basename(request.paths[0] ?? '');
  const { finished } = workspace.jobs.add({
    kind: 'import',
    title:
      request.paths.length === 1 ? `Import ${first}` : `Import ${first} and ${request.paths.length - 1} more`,
    lane: 'beside',
    run: (context) => importImages(project, request, context),
  });
  const classes = project.store.classes.list().length;
  const report = await finished;
  workspace.events.publish({ type: 'images' });
  if (project.store.classes.list().length !== classes) workspace.events.publish({ type: 'project' });
  return report;
}
