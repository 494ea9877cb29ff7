/** The command that serves the workstation on loopback. */

import { buildRenderer } from '../../scripts/build.ts';
import { startServer } from '../server.ts';
import { wholeNumber } from './arguments.ts';
import type { AddCommand } from './command.ts';

export function addServeCommands(add: AddCommand): void {
  add(
    'serve [project]',
    'Serve the workstation on this machine; prints the address to open in a browser.',
    'limn serve cells.limn --port 8080',
    (command) =>
      command.option(
        '--port <number>',
        'port on the loopback interface (default: any free one)',
        wholeNumber(0, 65535),
      ),
    async ({ output, signal }, [project], options) => {
      await buildRenderer();
      const server = await startServer({
        ...(project === undefined ? {} : { projectPath: project }),
        ...(typeof options['port'] === 'number' ? { port: options['port'] } : {}),
      });
      output.event({ address: server.url }, `Limn is at ${server.url}\nStop it with Ctrl-C.`);
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await server.close();
      return 0;
    },
  );
}
