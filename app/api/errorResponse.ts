/** Turns anything thrown on the way of a request into `{ error }` with the status that its tag stands for. */

import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { isLimnError, LimnError, type SerialisedError, serialiseError } from '../errors.ts';

/** HTTP status of an error: 400 wrong usage, 404, 409 conflict, 422 bad input, 507 no room, 500 the rest. */
export function statusOf(error: unknown): ContentfulStatusCode {
  if (error instanceof HTTPException) return error.status;
  if (!isLimnError(error)) return 500;
  switch (error.tag) {
    case 'WrongUsage':
      return 400;
    case 'NotFound':
      return 404;
    case 'ProjectLocked':
    case 'LabelConflict':
    case 'Cancelled':
      return 409;
    case 'InvalidInput':
    case 'UnsupportedFormat':
    case 'CorruptFile':
    case 'ProjectTooNew':
    case 'ProjectDamaged':
    case 'NotEnoughLabels':
    case 'DeviceUnavailable':
      return 422;
    case 'OutOfMemory':
    case 'DiskFull':
      return 507;
    case 'TrainingDiverged':
    case 'EngineLost':
      return 500;
  }
}

/** The response every failed request gets; nothing of it may be cached. */
export function errorResponse(error: unknown): Response {
  const body: { error: SerialisedError } = { error: serialiseError(asLimnError(error)) };
  return Response.json(body, { status: statusOf(error), headers: { 'cache-control': 'no-store' } });
}

/** Errors of the framework (malformed JSON, body too large) become wrong usage with a sentence. */
function asLimnError(error: unknown): unknown {
  if (!(error instanceof HTTPException)) return error;
  const reason = error.message === '' ? `status ${error.status}` : error.message;
  return new LimnError(
    'WrongUsage',
    `The request could not be read (${reason}); correct it and send it again.`,
    {
      cause: error,
    },
  );
}
