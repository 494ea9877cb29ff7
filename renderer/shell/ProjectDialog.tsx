/** Asks a browser's user for a project's path on the computer that runs Limn. */

import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useProject } from '../api/queries.ts';
import { changeProject, useProjectDialog } from '../state/projects.ts';
import { texts } from '../texts.ts';

export function ProjectDialog() {
  const asks = useProjectDialog((state) => state.asks);
  const project = useProject();
  const [path, setPath] = useState('');
  const { projects } = texts;
  const close = () => useProjectDialog.setState({ asks: null });
  return (
    <Modal
      opened={asks !== null}
      onClose={close}
      title={asks === 'new' ? projects.newTitle : projects.openTitle}
    >
      <form
        style={{ display: 'grid', gap: 14 }}
        onSubmit={(event) => {
          event.preventDefault();
          close();
          void changeProject(asks === 'new' ? 'new' : 'open', path);
        }}
      >
        <TextInput
          label={projects.path}
          description={projects.pathHint}
          placeholder={project.data?.path ?? projects.example}
          value={path}
          data-autofocus
          onChange={(event) => setPath(event.currentTarget.value)}
        />
        <Button type="submit" disabled={path.trim() === ''}>
          {asks === 'new' ? projects.create : projects.open}
        </Button>
      </form>
    </Modal>
  );
}
