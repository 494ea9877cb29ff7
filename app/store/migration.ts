/** What a step of the schema is. */

/** `version` counts up from 1 without gaps. */
export interface Migration {
  version: number;
  name: string;
  sql: string;
}
