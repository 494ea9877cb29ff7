/** PackBits run-length decoding (TIFF 6.0 section 9). */

/** Decodes to at most `maxBytes` bytes; fewer where the data ends early. */
export function decodePackBits(stored: Uint8Array, maxBytes: number): Uint8Array {
  const out = new Uint8Array(maxBytes);
  let filled = 0;
  let at = 0;
  while (at < stored.length && filled < maxBytes) {
    const header = stored[at++]!;
    if (header < 128) {
      const run = stored.subarray(at, at + Math.min(header + 1, maxBytes - filled));
      out.set(run, filled);
      filled += run.length;
      at += header + 1;
    } else if (header > 128 && at < stored.length) {
      const end = Math.min(maxBytes, filled + 257 - header);
      out.fill(stored[at++]!, filled, end);
      filled = end;
    }
  }
  return out.subarray(0, filled);
}
