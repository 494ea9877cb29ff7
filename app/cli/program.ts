/** The `limn` program: commands, help with an example each, one way from any failure to an exit code. */

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { exitCodeOf, LimnError, serialiseError } from '../errors.ts';
import { translateFileError } from '../fileErrors.ts';
import type { AddCommand } from './command.ts';
import { addFileCommands } from './fileCommands.ts';
import { addImageCommands } from './imageCommands.ts';
import { addObjectCommands } from './objectCommands.ts';
import { Output } from './output.ts';
import { addProjectCommands } from './projectCommands.ts';
import { addServeCommands } from './serveCommands.ts';
import { addTrainCommands } from './trainCommands.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const FIRST_STEPS = `
Example:
  limn sample demo/ --count 4
  limn new cells.limn --classes nucleus
  limn import cells.limn demo/images/ --labels demo/labels/
  limn train cells.limn --minutes 5
  limn predict cells.limn
  limn export cells.limn --to masks/ --layer prediction

Each command tells its options and an example with --help. Exit codes: 0 done, 2 wrong usage, 3 bad input,
4 device or engine failure, 130 interrupted.
`;

/** Runs the command line; returns the exit code: 0 done, 2 wrong usage, 3 bad input, 4 device or engine, 130 interrupted. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  let lastSignalAt = 0;
  const interrupt = (): void => {
    const now = Date.now();
    // A terminal's Ctrl-C reaches this process twice when bin/limn.js forwards it; only a later one is a second wish.
    if (interruption.signal.aborted && now - lastSignalAt > 1500) process.exit(130);
    lastSignalAt = now;
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  let exitCode = 0;
  const program = new Command('limn')
    .description(
      'Paint a few labels, see the separation border, train a U-Net on your own microscopy, export masks.',
    )
    .version(version)
    .addHelpText('after', FIRST_STEPS)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'limn: ')) })
    .showHelpAfterError('Add --help for the options and an example.');

  const add: AddCommand = (signature, summary, example, configure, action) => {
    const command = program
      .command(signature)
      .description(summary)
      .option('--json', 'print JSON on stdout and nothing else there');
    configure(command);
    command.addHelpText('after', `\nExample:\n  ${example}\n`);
    command.action(async (...received: unknown[]) => {
      const args = received
        .slice(0, -2)
        .flat()
        .filter((arg): arg is string => typeof arg === 'string');
      const { json, ...options } = command.opts();
      const output = new Output(json === true);
      const given = command.options
        .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
        .map((option) => option.long ?? option.flags)
        .filter((flag) => flag !== '--json');
      try {
        exitCode = (await action({ output, signal: interruption.signal, given }, args, options)) ?? 0;
        if (exitCode === 0 && interruption.signal.aborted) exitCode = 130;
      } catch (error) {
        if (error instanceof CommanderError) throw error;
        output.error(serialiseError(asLimnError(error)));
        if (!(error instanceof LimnError) && process.env['LIMN_DEBUG']) console.error(error);
        exitCode = exitCodeOf(asLimnError(error));
      }
    });
  };
  addImageCommands(add);
  addProjectCommands(add);
  addTrainCommands(add);
  addFileCommands(add);
  addObjectCommands(add);
  addServeCommands(add);

  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander ends `--help` and a bare `limn` through the same exception.
    const asked = error.exitCode === 0 || error.code === 'commander.help';
    exitCode = asked && argv.length > 0 ? 0 : 2;
    if (!asked && argv.includes('--json')) {
      const message = error.message.replace(/^error: /, '');
      const serialised = serialiseError(new LimnError('WrongUsage', message));
      process.stdout.write(`${JSON.stringify({ error: serialised })}\n`);
    }
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
  return exitCode;
}

/** A full disk and a missing permission can strike anywhere; they are told as plainly as the rest. */
function asLimnError(error: unknown): unknown {
  const path = error instanceof Error && 'path' in error ? String(error.path) : 'the project';
  return translateFileError(error, path);
}
