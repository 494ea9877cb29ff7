/** A backend with a small painted project of simulated nuclei, asked in-process as the hosts do. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendEvent, ImportReport } from '../../app/api/types.ts';
import { type Backend, createBackend } from '../../app/backend.ts';
import { writeSample } from '../../app/services/sampleService.ts';

/** Seed of the simulated images, each 512 × 512 px. */
export const SAMPLE_SEED = 7;
export const SAMPLE_SHAPE = { y: 512, x: 512 };

export interface OpenBackend {
  backend: Backend;
  folder: string;
  events: BackendEvent[];
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  send(path: string, body?: unknown, method?: string): Promise<Response>;
  close(): Promise<void>;
}

/** A backend without a project, and a folder that goes away with it. */
export async function openBackend(): Promise<OpenBackend> {
  const folder = await mkdtemp(join(tmpdir(), 'limn-api-'));
  const backend = createBackend();
  const events: BackendEvent[] = [];
  backend.subscribe((event) => events.push(event));
  return {
    backend,
    folder,
    events,
    get: (path, headers = {}) => backend.fetch(new Request(`http://limn${path}`, { headers })),
    send: (path, body, method = 'POST') =>
      backend.fetch(
        new Request(`http://limn${path}`, {
          method,
          headers: { 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      ),
    close: async () => {
      await backend.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The same with a project of `count` simulated images and their labels. */
export async function openSampleBackend(count = 1): Promise<OpenBackend & { report: ImportReport }> {
  const open = await openBackend();
  const sample = join(open.folder, 'sample');
  await writeSample(sample, { kind: 'nuclei', count, seed: SAMPLE_SEED });
  const made = await open.send('/api/project/new', {
    path: join(open.folder, 'p.limn'),
    classes: ['nucleus'],
  });
  if (made.status !== 200) throw new Error(await made.text());
  const imported = await open.send('/api/images/import', {
    paths: [join(sample, 'images')],
    labels: join(sample, 'labels'),
  });
  if (imported.status !== 200) throw new Error(await imported.text());
  return { ...open, report: (await imported.json()) as ImportReport };
}
