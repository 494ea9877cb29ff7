/** Which class of the project each output of a model stands for. */

import { LimnError } from '../errors.ts';
import type { ClassRow } from '../store/types.ts';
import type { Project } from './project.ts';

/**
 * Classes of the project by output channel of a model, background left out: by name, or by position for a class
 * that was renamed since. Throws NotFound for the model, InvalidInput for an output that fits no class.
 */
export function predictedClasses(project: Project, modelId: number): ClassRow[] {
  const model = project.store.models.get(modelId);
  const classes = project.store.classes.list();
  const names = classNamesOf(model.description).slice(1);
  const named = new Set(names);
  return names.map((name, index) => {
    const row =
      classes.find((candidate) => candidate.name === name) ??
      classes.find((candidate) => candidate.position === index + 1 && !named.has(candidate.name));
    if (row === undefined) {
      throw new LimnError(
        'InvalidInput',
        `Model ${modelId} predicts '${name}', a class that the project does not have. Add the class, or use another model.`,
        { fields: { modelId, name } },
      );
    }
    return row;
  });
}

function classNamesOf(description: unknown): string[] {
  if (typeof description === 'object' && description !== null && 'classNames' in description) {
    const { classNames } = description;
    if (Array.isArray(classNames)) return classNames.map(String);
  }
  return [];
}
