/** Entry point of the command line: builds the program, runs one command, ends with its exit code. */

import { runCli } from './cli/program.ts';

// bin/limn.js may stand between the terminal and this process; if it is killed, so is this one, as the user meant.
if (process.channel) {
  process.channel.unref();
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}
// A reader that has seen enough (`limn runs … | head`) ends no command: what follows is dropped, a training goes on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await runCli(process.argv.slice(2));
