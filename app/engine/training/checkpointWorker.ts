/** Worker thread that writes checkpoints, so that hashing and the disk never hold up a training step. */

import { parentPort } from 'node:worker_threads';
import { serialiseError } from '../../errors.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { type CheckpointReply, type CheckpointTask, ownedBuffers } from './checkpointWriter.ts';

parentPort?.on('message', (task: CheckpointTask) => {
  const { tensors } = task.checkpoint;
  let reply: CheckpointReply;
  try {
    reply = { outcome: writeCheckpoint(task.path, task.checkpoint), tensors };
  } catch (error) {
    reply = { error: serialiseError(error) };
  }
  parentPort?.postMessage(reply, 'outcome' in reply ? ownedBuffers(tensors) : []);
});
