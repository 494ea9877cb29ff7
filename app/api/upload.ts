/** Receives images that a browser sends: writes them to a temporary folder, from where the import reads them. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { LimnError } from '../errors.ts';
import { importOptions } from './schemas.ts';
import type { ImportRequest } from './types.ts';
import { parseInput } from './validation.ts';

/** Larger images are imported by path. */
export const MAXIMUM_UPLOAD_BYTES = 4 * 2 ** 30;

export interface Upload {
  request: ImportRequest;
  /** Removes the temporary folder. */
  discard(): Promise<void>;
}

/**
 * Reads `multipart/form-data` with `files` (one or more), optionally `labels` (label images of the same stems) and
 * `options` (JSON, an ImportRequest without paths). Linking is not possible: the files go away again.
 * @throws WrongUsage, InvalidInput for two files of one name
 */
export async function receiveUpload(request: Request): Promise<Upload> {
  const form = await readForm(request);
  const files = filesIn(form, 'files');
  const labels = filesIn(form, 'labels');
  if (files.length === 0) {
    throw new LimnError('WrongUsage', 'The upload holds no file; send at least one image as “files”.');
  }
  const options = parseInput(importOptions.omit({ labels: true, link: true }), optionsIn(form));
  const folder = await mkdtemp(join(tmpdir(), 'limn-upload-'));
  const discard = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const paths = await writeFiles(files, join(folder, 'images'), request.signal);
    const labelPaths = await writeFiles(labels, join(folder, 'labels'), request.signal);
    return {
      request: { ...options, paths, ...(labelPaths.length === 0 ? {} : { labels: join(folder, 'labels') }) },
      discard,
    };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function readForm(request: Request): Promise<FormData> {
  if (!(request.headers.get('content-type') ?? '').startsWith('multipart/form-data')) {
    throw new LimnError('WrongUsage', 'An upload is sent as multipart/form-data; choose the files again.');
  }
  try {
    return await request.formData();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new LimnError('WrongUsage', 'The upload did not arrive whole; send the files again.', { cause });
  }
}

function filesIn(form: FormData, field: string): File[] {
  return form.getAll(field).filter((value) => value instanceof File);
}

function optionsIn(form: FormData): unknown {
  const text = form.get('options');
  if (typeof text !== 'string') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LimnError('WrongUsage', 'The options of the upload are not JSON; correct them.', { cause });
  }
}

async function writeFiles(files: readonly File[], folder: string, signal: AbortSignal): Promise<string[]> {
  await mkdir(folder);
  const paths = new Map<string, File>();
  for (const file of files) {
    const name = basename(file.name.replaceAll('\\', '/'));
    const path = join(folder, name);
    if (name === '' || name === '.' || name === '..' || name.includes('\0') || paths.has(path)) {
      throw new LimnError(
        'InvalidInput',
        `Two uploaded files are called “${name}”, or the name cannot be used; rename one.`,
        {
          fields: { name },
        },
      );
    }
    paths.set(path, file);
  }
  for (const [path, file] of paths) {
    await writeFile(path, file.stream(), { signal });
  }
  return [...paths.keys()];
}
