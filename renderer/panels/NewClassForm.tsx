/** Name and kind of a new class. */

import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ClassKind } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys, queryClient } from '../api/queries.ts';
import { showError } from '../state/showError.ts';
import { updateWorkspace } from '../state/workspace.ts';
import { texts } from '../texts.ts';

export function NewClassForm({ onDone }: { onDone(): void }) {
  const [name, setName] = useState('');
  const [kind, setKind] = useState<ClassKind>('thing');
  const { labels } = texts;
  const create = async () => {
    try {
      const row = await backend.addClass(name.trim(), kind);
      await queryClient.invalidateQueries({ queryKey: keys.classes });
      updateWorkspace({ classId: row.classId, paintMode: 'object' });
      onDone();
    } catch (error) {
      showError(texts.errors.class, error);
    }
  };
  return (
    <form
      className="consequence"
      style={{ display: 'grid', gap: 8 }}
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <TextInput
        label={labels.newClassName}
        value={name}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <SegmentedControl
        data={[
          { value: 'thing', label: labels.classKinds.thing },
          { value: 'stuff', label: labels.classKinds.stuff },
        ]}
        value={kind}
        onChange={(value) => setKind(value === 'stuff' ? 'stuff' : 'thing')}
      />
      <Button type="submit" variant="default" disabled={name.trim() === ''}>
        {labels.create}
      </Button>
    </form>
  );
}
