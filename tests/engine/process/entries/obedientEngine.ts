/** An engine process for tests: real channel and real process, but handlers that only obey. */

import { setTimeout as wait } from 'node:timers/promises';
import type { ToEngine } from '../../../../app/engine/process/messages.ts';
import { type EngineHandlers, serveRequests } from '../../../../app/engine/process/serveRequests.ts';
import { LimnError } from '../../../../app/errors.ts';

/** `device` says how to behave. */
const handlers: Partial<EngineHandlers> = {
  loadModel: async ({ key, bytes }, { signal }) => {
    if (key === 'abort') process.abort();
    if (key === 'exit') process.exit(0);
    if (key === 'fail')
      throw new LimnError('CorruptFile', 'The model is damaged; export it again.', { fields: { key } });
    if (key === 'hang') for (;;);
    if (key === 'wait') {
      while (!signal.aborted) await wait(5);
      throw new LimnError('Cancelled', 'Stopped on request.');
    }
    return { description: bytes as never, device: `pid ${process.pid}`, why: String(bytes.length) };
  },
  train: async (_job, { emit }) => {
    emit({ type: 'note', message: 'one' });
    emit({ type: 'note', message: 'two' });
    return {
      end: 'interrupted',
      position: { step: 3 } as never,
      last: new Map([['w', Float32Array.of(1, 2)]]),
      best: null,
    };
  },
};

process.on('disconnect', () => process.exit(0));
serveRequests(
  {
    send: (message) => process.send?.(message),
    onMessage: (listener) => process.on('message', (message) => listener(message as ToEngine)),
  },
  handlers as EngineHandlers,
  () => process.exit(0),
);
