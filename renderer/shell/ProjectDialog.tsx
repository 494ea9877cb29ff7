/** Asks a browser's user for a project's path on the computer that runs Limn. */

import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useProject } from '../api/queries.ts';
import { changeProject, copyProject, useProjectDialog } from '../state/projects.ts';
import { texts } from '../texts.ts';

export function ProjectDialog() {
  const asks = useProjectDialog((state) => state.asks);
  const project = useProject();
  const [path, setPath] = useState('');
  const { projects } = texts;
  const close = () => useProjectDialog.setState({ asks: null });
  return (
    <Modal opened={asks !== null} onClose={close} title={projects.titles[asks ?? 'open']}>
      <form
        style={{ display: 'grid', gap: 14 }}
        onSubmit={(event) => {
          event.preventDefault();
          close();
          if (asks === 'copy') void copyProject(path);
          else void changeProject(asks ?? 'open', path);
        }}
      >
        <TextInput
          label={projects.path}
          description={asks === 'copy' ? projects.copyHint : projects.pathHint}
          placeholder={
            asks === 'copy' ? `${project.data?.name} copy.limn` : (project.data?.path ?? projects.example)
          }
          value={path}
          data-autofocus
          onChange={(event) => setPath(event.currentTarget.value)}
        />
        <Button type="submit" disabled={path.trim() === ''}>
          {projects.buttons[asks ?? 'open']}
        </Button>
      </form>
    </Modal>
  );
}
