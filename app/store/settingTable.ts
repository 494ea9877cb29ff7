/** Settings of a project: small JSON values by name. */

import type { Database } from './database.ts';

export class SettingTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The value, or undefined if it was never set. The caller checks its form. */
  get(key: string): unknown {
    const row = this.#database.get<{ value: string }>('SELECT value FROM setting WHERE key = ?', key);
    return row === undefined ? undefined : JSON.parse(row.value);
  }

  set(key: string, value: unknown): void {
    this.#database.run(
      'INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      key,
      JSON.stringify(value),
    );
  }

  /** Channels that networks of this project see, or null for all. */
  channels(): number[] | null {
    const value = this.get('channels');
    return Array.isArray(value) ? value.map(Number) : null;
  }

  /** Null: all channels. */
  setChannels(channels: readonly number[] | null): void {
    this.set('channels', channels);
  }

  /** Identity of the project, the same in every copy of the file; made with the project. */
  projectId(): string {
    return String(this.get('projectId'));
  }
}
