/** Pixels, labels and weights as raw little-endian bytes, decoded only while somebody still reads them. */

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

/**
 * The values once they are read: the status and headers go out first, `produce` runs when the body is asked for
 * and is cancelled when the reader gives up, under every host.
 * @param signal the request's own signal, joined with the body's cancellation
 */
export function lazyRawResponse(
  produce: (signal: AbortSignal) => Promise<PixelArray>,
  signal: AbortSignal,
  options: RawOptions,
): Response {
  const given = new AbortController();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const values = await produce(AbortSignal.any([signal, given.signal]));
        if (given.signal.aborted) return;
        controller.enqueue(bytesOf(values));
        controller.close();
      },
      cancel(reason) {
        given.abort(reason);
      },
    },
    { highWaterMark: 0 },
  );
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
