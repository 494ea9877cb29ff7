/** Pixels, labels and weights as raw little-endian bytes, read only while somebody still waits for them. */

import { setTimeout as delay } from 'node:timers/promises';
import type { NumberType, PixelArray } from '../imaging/image.ts';

/** Rows and columns of a raw plane or tile. */
export interface RawShape {
  y: number;
  x: number;
}

export interface RawOptions {
  shape: RawShape;
  type: NumberType;
  cacheControl?: string;
  etag?: string;
}

/** The values at once, for data that is at hand. Headers `x-limn-shape: h,w` and `x-limn-type`. */
export function rawResponse(values: PixelArray, options: RawOptions): Response {
  return new Response(bytesOf(values), { headers: rawHeaders(options) });
}

/** Work that ends within this time is answered whole, so that its failure still gets a status of its own, ms. */
const HEAD_START_MS = 20;

/**
 * The values once they are read. What takes longer than a moment is answered with status and headers at once and
 * goes on as a stream: a reader who gives up cancels the body, and that cancels `produce`, under every host.
 * @param signal the request's own signal, joined with the body's cancellation
 */
export async function slowRawResponse(
  produce: (signal: AbortSignal) => Promise<PixelArray>,
  signal: AbortSignal,
  options: RawOptions & { headStartMs?: number },
): Promise<Response> {
  const given = new AbortController();
  const work = produce(AbortSignal.any([signal, given.signal]));
  const early = await Promise.race([work, delay(options.headStartMs ?? HEAD_START_MS, null, { ref: false })]);
  if (early !== null) return rawResponse(early, options);
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async start(controller) {
      const values = await work;
      if (given.signal.aborted) return;
      controller.enqueue(bytesOf(values));
      controller.close();
    },
    cancel(reason) {
      given.abort(reason);
    },
  });
  return new Response(body, { headers: rawHeaders(options) });
}

/** Answers 304 where the client already holds this version, else undefined. */
export function notModified(request: Request, etag: string, cacheControl: string): Response | undefined {
  const known = request.headers.get('if-none-match');
  if (known === null || !known.split(',').some((tag) => tag.trim() === etag)) return undefined;
  return new Response(null, { status: 304, headers: { etag, 'cache-control': cacheControl } });
}

function rawHeaders({ shape, type, cacheControl, etag }: RawOptions): Headers {
  const headers = new Headers({
    'content-type': 'application/octet-stream',
    'cache-control': cacheControl ?? 'no-store',
    'x-limn-shape': `${shape.y},${shape.x}`,
    'x-limn-type': type,
  });
  if (etag !== undefined) headers.set('etag', etag);
  return headers;
}

/** Every machine Limn runs on is little-endian; the typed array's memory is what travels. */
function bytesOf(values: PixelArray): Uint8Array<ArrayBuffer> {
  if (values.buffer instanceof ArrayBuffer) {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  return Uint8Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}
