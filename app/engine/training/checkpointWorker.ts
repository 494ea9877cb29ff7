/** Worker thread that writes checkpoints, so that hashing and the disk never hold up a training step. */

import { parentPort } from 'node:worker_threads';
import { serialiseError } from '../../errors.ts';
import { writeCheckpoint } from './checkpoint.ts';
import type { CheckpointReply, CheckpointTask } from './checkpointWriter.ts';

parentPort?.on('message', (task: CheckpointTask) => {
  let reply: CheckpointReply;
  try {
    reply = { outcome: writeCheckpoint(task.path, task.checkpoint) };
  } catch (error) {
    reply = { error: serialiseError(error) };
  }
  parentPort?.postMessage(reply);
});
