/** Checks the JSON that a model file says about itself. */

import { z } from 'zod';
import { LimnError } from '../errors.ts';
import type { ModelDescription } from './modelDescription.ts';
import { networkSchema } from './networks/networkKinds.ts';

const descriptionSchema = z.object({
  formatVersion: z.literal(1),
  network: networkSchema,
  classNames: z.array(z.string()),
  classKinds: z.array(z.enum(['background', 'thing', 'stuff'])),
  inputNormalisation: z.enum(['none', 'min-max', 'z-score', 'percentile']),
  channels: z.array(z.number().int().min(0)),
  pixelSizeUm: z.number().positive().nullable(),
  mirrorAveraging: z.boolean(),
  classOffsets: z.array(z.number()).optional(),
  instances: z.object({
    threshold: z.number(),
    seedDistancePx: z.number(),
    minimumSizePx: z.number(),
    fillHoles: z.boolean(),
    clearBorder: z.boolean().optional(),
    growPx: z.number(),
  }),
  training: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
  ),
});

/**
 * @param text JSON of a ModelDescription
 * @param fileName for messages
 * @throws CorruptFile where it is no JSON or not a description; UnsupportedFormat where it is of a later format
 */
export function readModelDescription(text: string, fileName: string): ModelDescription {
  const damaged = (cause: unknown): LimnError =>
    new LimnError('CorruptFile', `The description in ${fileName} is damaged; export the model again.`, {
      fields: { file: fileName },
      cause,
    });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw damaged(cause);
  }
  const version = z.object({ formatVersion: z.number() }).safeParse(data);
  if (version.success && version.data.formatVersion > 1) {
    throw new LimnError(
      'UnsupportedFormat',
      `${fileName} was written by a newer Limn; update this one to read it.`,
      {
        fields: { file: fileName, formatVersion: version.data.formatVersion },
      },
    );
  }
  const parsed = descriptionSchema.safeParse(data);
  if (!parsed.success) throw damaged(parsed.error);
  const { classOffsets, ...description } = parsed.data;
  return { ...description, ...(classOffsets !== undefined && { classOffsets }) };
}
