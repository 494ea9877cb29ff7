/** The engine's side of the channel: finds the handler of each request, reports its events, result or error, and passes on cancelling. */

import { LimnError, serialiseError } from '../../errors.ts';
import type { EnginePort } from './messages.ts';
import type { EngineMethod, EngineMethods } from './protocol.ts';

export interface HandlerContext<Event> {
  signal: AbortSignal;
  emit: (event: Event) => void;
}

export type EngineHandlers = {
  [M in EngineMethod]: (
    parameters: EngineMethods[M]['parameters'],
    context: HandlerContext<EngineMethods[M]['event']>,
  ) => Promise<EngineMethods[M]['result']>;
};

type AnyHandler = (parameters: unknown, context: HandlerContext<unknown>) => Promise<unknown>;

/** Answers requests on `port` until the process ends. `shutDown` is called when the host asks for it. */
export function serveRequests(port: EnginePort, handlers: EngineHandlers, shutDown: () => void): void {
  const running = new Map<number, AbortController>();
  // Methods and parameters are tied together by the host's types; here they arrive as data.
  const table = new Map(Object.entries(handlers) as unknown as [string, AnyHandler][]);

  const answer = async (id: number, method: string, parameters: unknown): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const handler = table.get(method);
      if (!handler) throw new LimnError('EngineLost', `The engine does not know '${method}'; restart Limn.`);
      const emit = (event: unknown): void => port.send({ kind: 'event', id, event });
      const result = await handler(parameters, { signal: controller.signal, emit });
      port.send({ kind: 'result', id, result });
    } catch (error) {
      port.send({ kind: 'failure', id, error: serialiseError(error) });
    } finally {
      running.delete(id);
    }
  };

  port.onMessage((message) => {
    if (message.kind === 'request') void answer(message.id, message.method, message.parameters);
    else if (message.kind === 'cancel') running.get(message.id)?.abort();
    else shutDown();
  });
  port.send({ kind: 'ready' });
}
