/** Answers `limn://app/` from the backend; a body that the page gives up on aborts the request that fills it. */

import { withSecurityHeaders } from '../app/api/staticFiles.ts';

export const APP_SCHEME = 'limn';
export const APP_ORIGIN = 'limn://app';

type Fetch = (request: Request) => Promise<Response>;

/**
 * The handler for `protocol.handle`. Electron never aborts `request.signal` when the page leaves: all it does is
 * cancel the response's body, so that is what aborts the signal the backend sees. Other hosts than `app` are refused.
 */
export function bridgeProtocol(fetch: Fetch): Fetch {
  return async (request) => {
    if (new URL(request.url).host !== new URL(APP_ORIGIN).host) {
      return new Response('Limn serves limn://app/ only.', { status: 404 });
    }
    const controller = new AbortController();
    const signal = AbortSignal.any([request.signal, controller.signal]);
    const response = withSecurityHeaders(await fetch(new Request(request, { signal })));
    if (response.body === null) return response;
    const headers = new Headers(response.headers);
    return new Response(abortOnCancel(response.body, controller), { status: response.status, headers });
  };
}

/** The same bytes; cancelling them aborts the controller and then the source. */
function abortOnCancel(
  source: ReadableStream<Uint8Array>,
  controller: AbortController,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(target) {
        const { done, value } = await reader.read();
        if (done) target.close();
        else target.enqueue(value);
      },
      async cancel(reason) {
        controller.abort(reason);
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
