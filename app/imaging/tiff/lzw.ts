/** LZW decoding of TIFF strips: the form of TIFF 6.0 section 13, and the bit-reversed one of writers before 1991. */

const CLEAR = 256;
const END = 257;
const FIRST = 258;

/**
 * Decodes to at most `maxBytes` bytes; fewer where the data ends early.
 * Throws RangeError on a code that cannot stand where it does.
 */
export function decodeLzw(stored: Uint8Array, maxBytes: number): Uint8Array {
  const out = new Uint8Array(maxBytes);
  // Data that begins with the clear code read backwards is the old form (as libtiff tells them apart).
  const old = stored[0] === 0 && ((stored[1] ?? 0) & 1) === 1;
  // Each entry is a stretch of the output already written: where it starts and how long it is.
  const start = new Uint32Array(4097);
  const length = new Uint32Array(4097);
  let filled = 0;
  let next = FIRST;
  let width = 9;
  let previousStart = 0;
  let previousLength = 0;
  let bits = 0;
  let held = 0;
  let at = 0;
  while (filled < maxBytes) {
    while (held < width && at < stored.length) {
      bits = old ? bits | (stored[at++]! << held) : ((bits << 8) | stored[at++]!) & 0xffffff;
      held += 8;
    }
    if (held < width) break;
    const mask = (1 << width) - 1;
    const code = old ? bits & mask : (bits >> (held - width)) & mask;
    if (old) bits >>= width;
    held -= width;
    if (code === END) break;
    if (code === CLEAR) {
      next = FIRST;
      width = 9;
      previousLength = 0;
      continue;
    }
    if (previousLength > 0 && next <= 4096) {
      // previous + first byte of this one: exactly the bytes from the previous entry on, once this is written.
      start[next] = previousStart;
      length[next] = previousLength + 1;
      next++;
    }
    const from = filled;
    if (code < CLEAR) out[filled++] = code;
    else {
      if (code >= next || previousLength === 0) throw new RangeError(`LZW code ${code} before it is defined`);
      const source = start[code]!;
      const end = Math.min(maxBytes, filled + length[code]!);
      for (let i = source; filled < end; i++) out[filled++] = out[i]!;
    }
    previousStart = from;
    previousLength = filled - from;
    if (width < 12 && next >= (1 << width) - (old ? 0 : 1)) width++;
  }
  return out.subarray(0, filled);
}
