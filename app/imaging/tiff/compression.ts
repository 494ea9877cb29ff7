/** From stored to decompressed bytes of one TIFF strip or tile, never longer than the caller allows. */
import { promisify } from 'node:util';
import { inflate, zstdDecompress } from 'node:zlib';
import { unsupportedFormat } from '../imageErrors.ts';
import { decodeLzw } from './lzw.ts';
import { decodePackBits } from './packBits.ts';

export type CompressionKind = 'none' | 'lzw' | 'deflate' | 'packbits' | 'zstd' | 'jpeg';

/** The most bytes that one stored byte can stand for; a page that claims more is damaged, and nothing is allocated for it. */
export const LARGEST_RATIO: Readonly<Record<CompressionKind, number>> = {
  none: 1,
  packbits: 64,
  deflate: 1_032,
  lzw: 4_096,
  jpeg: 2_000,
  zstd: 50_000,
};

const UNREAD: Readonly<Record<number, string>> = {
  2: 'CCITT fax',
  3: 'CCITT fax',
  4: 'CCITT fax',
  6: 'old-style JPEG',
  32809: 'ThunderScan',
  34661: 'JBIG',
  34676: 'LogLuv',
  34677: 'LogLuv',
  34712: 'JPEG 2000',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  33004: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50001: 'WebP',
  34927: 'WebP',
  34892: 'lossy JPEG',
  22610: 'JPEG XR',
  34934: 'JPEG XR',
  50002: 'JPEG XL',
};

/** Names the compression of a page. Throws UnsupportedFormat for what Limn does not read. */
export function compressionOf(path: string, code: number): CompressionKind {
  switch (code) {
    case 1:
      return 'none';
    case 5:
      return 'lzw';
    case 7:
      return 'jpeg';
    case 8:
    case 32946:
      return 'deflate';
    case 32773:
      return 'packbits';
    case 50000:
    case 34926:
      return 'zstd';
    default: {
      const name = UNREAD[code];
      const compression = name === undefined ? `an unknown compression (${code})` : `the ${name} compression`;
      throw unsupportedFormat(path, `uses ${compression}, which Limn does not read`);
    }
  }
}

const inflateBytes = promisify(inflate);
const unzstdBytes = promisify(zstdDecompress);

/**
 * Decompresses one block to at most `maxBytes` bytes. Throws whatever the codec throws on damaged data; a shorter
 * result is left to the caller to judge. JPEG is not handled here: it yields samples, not bytes.
 */
export async function decompressBytes(
  kind: Exclude<CompressionKind, 'jpeg'>,
  stored: Uint8Array,
  maxBytes: number,
): Promise<Uint8Array> {
  switch (kind) {
    case 'none':
      return stored;
    case 'lzw':
      return decodeLzw(stored, maxBytes);
    case 'packbits':
      return decodePackBits(stored, maxBytes);
    // The slack admits writers that pad the last strip.
    case 'deflate':
      return inflateBytes(stored, { maxOutputLength: maxBytes + 65_536 });
    case 'zstd':
      return unzstdBytes(stored, { maxOutputLength: maxBytes + 65_536 });
  }
}
