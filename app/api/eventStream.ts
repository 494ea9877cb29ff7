/** The events as Server-Sent Events: numbered, with a heartbeat, resuming after `Last-Event-ID`. */

import type { EventHub, NumberedEvent } from './eventHub.ts';

/** Messages that a client that does not read may leave waiting before it is cut off (it reconnects and resumes). */
const MAXIMUM_WAITING_MESSAGES = 5000;

/**
 * A `text/event-stream` response that lives until the client leaves or the hub closes.
 * @param lastEventId what the browser sends when it reconnects
 * @param heartbeatMs comment lines keep proxies and dead-peer detection content
 */
export function eventStream(
  hub: EventHub,
  options: { lastEventId: string | undefined; signal: AbortSignal; heartbeatMs?: number },
): Response {
  const encoder = new TextEncoder();
  let leave = (): void => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let open = true;
        const send = (text: string): void => {
          if (!open) return;
          if ((controller.desiredSize ?? 0) < -MAXIMUM_WAITING_MESSAGES) finish();
          else controller.enqueue(encoder.encode(text));
        };
        const finish = (): void => {
          if (!open) return;
          leave();
          controller.close();
        };
        const unsubscribe = hub.subscribe((numbered) => send(formatEvent(numbered)), finish);
        const heartbeat = setInterval(() => send(': heartbeat\n\n'), options.heartbeatMs ?? 15_000);
        heartbeat.unref();
        options.signal.addEventListener('abort', finish, { once: true });
        leave = () => {
          open = false;
          unsubscribe();
          clearInterval(heartbeat);
          options.signal.removeEventListener('abort', finish);
        };
        send('retry: 1000\n\n');
        for (const numbered of hub.eventsAfter(options.lastEventId)) send(formatEvent(numbered));
      },
      cancel() {
        leave();
      },
    },
    { highWaterMark: 1 },
  );
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  });
}

function formatEvent({ id, event }: NumberedEvent): string {
  return `id: ${id}\ndata: ${JSON.stringify(event)}\n\n`;
}
