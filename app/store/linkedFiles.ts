/** Files that images are linked to: opened on demand, a few kept open, and refused once they have changed. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { LimnError } from '../errors.ts';
import type { ImageReader, PixelArray } from '../imaging/image.ts';

/** Opens an image file; passed in, so that the store needs to know no format. */
export type OpenImage = (path: string) => Promise<ImageReader>;

/** What a file was like when it was imported. */
export interface SourceStamp {
  bytes: number;
  modifiedMs: number;
  /** Only linked files are hashed. */
  sha256: string | null;
}

const KEPT_OPEN = 4;

/** Size, time of change and, if asked for, SHA-256 of a file. Throws NotFound. */
export async function stampFile(path: string, hash: boolean): Promise<SourceStamp> {
  const { size, mtimeMs } = await statFile(path);
  return { bytes: size, modifiedMs: mtimeMs, sha256: hash ? await sha256OfFile(path) : null };
}

/** SHA-256 of a file's bytes, hexadecimal. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** An open file and how many reads are under way; it is closed once it is to go and nobody reads. */
interface KeptReader {
  opening: Promise<ImageReader>;
  reads: number;
  leaving: boolean;
}

export class LinkedFiles {
  readonly #open: OpenImage;
  /** Most recently used last. */
  readonly #readers = new Map<string, KeptReader>();

  constructor(open: OpenImage) {
    this.#open = open;
  }

  /** One plane of a linked file. Throws NotFound if it is gone and CorruptFile if it has changed. */
  async readPlane(
    path: string,
    stamp: SourceStamp,
    t: number,
    z: number,
    c: number,
    signal?: AbortSignal,
  ): Promise<PixelArray> {
    await this.check(path, stamp);
    const kept = this.#readers.get(path) ?? { opening: this.#open(path), reads: 0, leaving: false };
    this.#readers.delete(path);
    this.#readers.set(path, kept);
    kept.reads++;
    try {
      const reader = await kept.opening;
      return await reader.readPlane(t, z, c, signal);
    } catch (error) {
      this.#readers.delete(path);
      kept.leaving = true;
      throw error;
    } finally {
      kept.reads--;
      for (const oldPath of [...this.#readers.keys()].slice(0, -KEPT_OPEN)) this.#leave(oldPath);
      await closeUnused(kept);
    }
  }

  /** Throws unless the file is the one that was linked: same size and time, or else the same hash. */
  async check(path: string, stamp: SourceStamp): Promise<void> {
    const { size, mtimeMs } = await statFile(path);
    if (size === stamp.bytes && mtimeMs === stamp.modifiedMs) return;
    if (size === stamp.bytes && stamp.sha256 !== null && (await sha256OfFile(path)) === stamp.sha256) return;
    throw new LimnError(
      'CorruptFile',
      `The linked image '${path}' has changed since it was imported. Put the original back, or import the new one under another name.`,
      { fields: { path } },
    );
  }

  /** Closes every file, at once or when its last read ends. */
  close(): void {
    for (const path of [...this.#readers.keys()]) this.#leave(path);
  }

  #leave(path: string): void {
    const kept = this.#readers.get(path);
    if (kept === undefined) return;
    this.#readers.delete(path);
    kept.leaving = true;
    void closeUnused(kept);
  }
}

/** A reader that never opened has told its caller already. */
async function closeUnused(kept: KeptReader): Promise<void> {
  if (!kept.leaving || kept.reads > 0) return;
  const reader = await kept.opening.catch(() => null);
  await reader?.close();
}

async function statFile(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    throw new LimnError(
      'NotFound',
      `The image file '${path}' cannot be read. Put it back where it was, or check the drive it lies on.`,
      { fields: { path }, cause: error },
    );
  }
}
