/** Schema 2: the F1 of objects beside loss and IoU in the curves of a run. */

import type { Migration } from '../migration.ts';

export const migration0002: Migration = {
  version: 2,
  name: 'validation-f1',
  sql: 'ALTER TABLE run_metric ADD COLUMN validation_f1 REAL',
};
