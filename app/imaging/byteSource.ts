/** Positioned reads from one open file: what every image reader stands on, so that planes are fetched when asked for. */
import { type FileHandle, open } from 'node:fs/promises';
import { LimnError } from '../errors.ts';
import { corruptFile, fileNameOf, systemErrorCode } from './imageErrors.ts';

export class ByteSource {
  readonly path: string;
  /** Bytes in the file when it was opened. */
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle, size: number) {
    this.path = path;
    this.size = size;
    this.#handle = handle;
  }

  /** Opens a file. Throws NotFound, InvalidInput (a folder, no permission) or CorruptFile (empty). */
  static async open(path: string): Promise<ByteSource> {
    let handle: FileHandle;
    try {
      handle = await open(path, 'r');
    } catch (error) {
      throw openingError(path, error);
    }
    try {
      const status = await handle.stat();
      if (!status.isFile()) throw folderError(path);
      if (status.size === 0) throw corruptFile(path, 'is empty (0 bytes)');
      return new ByteSource(path, handle, status.size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** `length` bytes from `offset`. Throws CorruptFile where the file does not reach that far. */
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size)) {
      throw corruptFile(
        this.path,
        `is cut short: it should reach byte ${offset + length} and has only ${this.size}`,
      );
    }
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.#handle.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) throw corruptFile(this.path, 'became shorter while it was being read');
      done += bytesRead;
    }
    return bytes;
  }

  /** Up to `length` bytes from `offset`: fewer where the file ends. */
  async readUpTo(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const start = Math.min(offset, this.size);
    return this.read(start, Math.min(length, this.size - start));
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function folderError(path: string): LimnError {
  return new LimnError(
    'InvalidInput',
    `“${fileNameOf(path)}” is a folder or a device, not an image file; name a file in it.`,
    { fields: { path } },
  );
}

function openingError(path: string, error: unknown): LimnError {
  const code = systemErrorCode(error);
  const options = { fields: { path }, cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new LimnError('NotFound', `There is no file “${path}”; check the name and the folder.`, options);
  }
  if (code === 'EISDIR') return folderError(path);
  return new LimnError(
    'InvalidInput',
    `“${fileNameOf(path)}” cannot be opened (${code ?? String(error)}); check that you may read it.`,
    options,
  );
}
