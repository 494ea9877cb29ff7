/** Checks every input of a route with its zod schema; a refusal is one sentence that names the field. */

import { validator } from 'hono/validator';
import type { z } from 'zod';
import { LimnError } from '../errors.ts';

/** Parses `value`; throws `WrongUsage` with one sentence that names the first wrong field. */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? 'the request' : `“${issue.path.join('.')}”`;
  const reason = (issue?.message ?? 'not valid').replace(/^Invalid input: /, '').replace(/\.$/, '');
  throw new LimnError(
    'WrongUsage',
    `The request cannot be used, ${field}: ${reason}; correct it and send it again.`,
    {
      fields: { field: issue?.path.join('.') ?? '' },
      cause: result.error,
    },
  );
}

/** Middleware: the JSON body, checked; read it with `c.req.valid('json')`. */
export const jsonBody = <S extends z.ZodType>(schema: S) =>
  validator('json', (value: unknown): z.output<S> => parseInput(schema, value));

/** Middleware: the search parameters, checked; read them with `c.req.valid('query')`. */
export const queryOf = <S extends z.ZodType>(schema: S) =>
  validator('query', (value: unknown): z.output<S> => parseInput(schema, value));

/** Middleware: the path's parameters, checked; read them with `c.req.valid('param')`. */
export const pathOf = <S extends z.ZodType>(schema: S) =>
  validator('param', (value: unknown): z.output<S> => parseInput(schema, value));
