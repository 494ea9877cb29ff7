/** Classes of a project, in the order of network outputs and exported values. */

import { LimnError } from '../errors.ts';
import { classColour } from '../labels/classColours.ts';
import type { Database } from './database.ts';
import type { ClassKind, ClassRow } from './types.ts';

const COLUMNS = 'class_id AS classId, name, kind, colour, position';

export class ClassTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** All classes by position, 1…K. */
  list(): ClassRow[] {
    return this.#database.all<ClassRow>(`SELECT ${COLUMNS} FROM class ORDER BY position`);
  }

  /** Throws NotFound. */
  get(classId: number): ClassRow {
    const row = this.#database.get<ClassRow>(`SELECT ${COLUMNS} FROM class WHERE class_id = ?`, classId);
    if (row === undefined) {
      throw new LimnError('NotFound', `The project has no class ${classId}. Reload the list of classes.`, {
        fields: { classId },
      });
    }
    return row;
  }

  byName(name: string): ClassRow | undefined {
    return this.#database.get<ClassRow>(`SELECT ${COLUMNS} FROM class WHERE name = ?`, name);
  }

  /** Adds a class at the end. Throws InvalidInput for an empty, reserved or used name. */
  add(input: { name: string; kind: ClassKind; colour?: string }): ClassRow {
    const name = this.#freeName(input.name);
    return this.#database.transaction(() => {
      const last = this.#database.get<{ last: number | null }>('SELECT max(position) AS last FROM class');
      const position = (last?.last ?? 0) + 1;
      const { lastId } = this.#database.run(
        'INSERT INTO class (name, kind, colour, position) VALUES (?, ?, ?, ?)',
        name,
        input.kind,
        input.colour ?? classColour(position),
        position,
      );
      return this.get(lastId);
    });
  }

  /** Renames, recolours or changes the kind of a class. Throws as {@link add} and {@link get}. */
  update(classId: number, patch: { name?: string; kind?: ClassKind; colour?: string }): ClassRow {
    const row = this.get(classId);
    const name = patch.name === undefined || patch.name === row.name ? row.name : this.#freeName(patch.name);
    this.#database.run(
      'UPDATE class SET name = ?, kind = ?, colour = ? WHERE class_id = ?',
      name,
      patch.kind ?? row.kind,
      patch.colour ?? row.colour,
      classId,
    );
    return this.get(classId);
  }

  #freeName(wanted: string): string {
    const name = wanted.trim();
    if (name === '' || name === 'background' || name === 'unlabelled') {
      throw new LimnError(
        'InvalidInput',
        name === ''
          ? 'A class needs a name. Give it one.'
          : `A class cannot be called '${name}', which means something else in Limn. Choose another name.`,
        { fields: { name } },
      );
    }
    if (this.byName(name) !== undefined) {
      throw new LimnError('InvalidInput', `There is a class '${name}' already. Choose another name.`, {
        fields: { name },
      });
    }
    return name;
  }
}
