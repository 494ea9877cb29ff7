/** Menus, the project's name, whether everything is stored, and the device. */

import { ActionIcon, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { useDevices, useProject } from '../api/queries.ts';
import { runCommand } from '../state/commands.ts';
import { useEditing } from '../state/editing.ts';
import { isTraining, useTrainingView } from '../state/trainingView.ts';
import { texts } from '../texts.ts';
import { LimnMark } from './LimnMark.tsx';

interface Entry {
  text: string;
  keys?: string;
  run(): void;
}

export function MenuBar() {
  const project = useProject();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('dark');
  const toggleTheme = () => setColorScheme(scheme === 'dark' ? 'light' : 'dark');
  const { menus } = texts;
  const file: Entry[] = [{ text: menus.import, run: () => runCommand('import-images') }];
  file.push(
    { text: menus.openProject, run: () => runCommand('open-project') },
    { text: menus.newProject, run: () => runCommand('new-project') },
    { text: menus.saveCopy, run: () => runCommand('save-copy') },
  );
  file.push({ text: menus.exportMasks, run: () => runCommand('export-masks') });

  return (
    <header className="menu-bar">
      <span className="brand">
        <LimnMark />
        {texts.appName}
      </span>
      <BarMenu name={menus.file} entries={file} />
      <BarMenu
        name={menus.edit}
        entries={[
          { text: menus.undo, keys: 'Ctrl Z', run: () => runCommand('undo') },
          { text: menus.redo, keys: 'Ctrl Shift Z', run: () => runCommand('redo') },
          { text: texts.history.title, keys: 'G', run: () => runCommand('history') },
          { text: menus.copyToNextZ, keys: 'Shift PgDn', run: () => runCommand('copy-to-next-z') },
          { text: menus.copyToNextT, keys: 'Shift →', run: () => runCommand('copy-to-next-t') },
        ]}
      />
      <BarMenu
        name={menus.view}
        entries={[
          { text: menus.fit, keys: '0', run: () => runCommand('fit') },
          { text: menus.actualSize, keys: '1', run: () => runCommand('actual-size') },
          {
            text: menus.hidePanels,
            keys: 'Tab',
            run: () => runCommand('toggle-panels'),
          },
          { text: menus.allImages, keys: 'Ctrl B', run: () => runCommand('all-images') },
          { text: menus.showAllObjects, run: () => runCommand('show-all-objects') },
          { text: menus.theme, run: toggleTheme },
        ]}
      />
      <BarMenu
        name={menus.run}
        entries={[
          { text: menus.train, run: () => runCommand('show-training') },
          { text: menus.predict, run: () => runCommand('show-prediction-panel') },
          { text: menus.runs, run: () => runCommand('runs-and-models') },
        ]}
      />
      <BarMenu
        name={menus.help}
        entries={[
          { text: menus.shortcuts, keys: '?', run: () => runCommand('shortcuts') },
          { text: menus.palette, keys: 'Ctrl K', run: () => runCommand('palette') },
          { text: menus.tour, run: () => runCommand('tour') },
        ]}
      />
      <span className="spacer" />
      <span className="project-name" title={project.data?.path}>
        {project.data?.name}
      </span>
      <SaveState />
      <DeviceState />
      <Tooltip label={menus.theme}>
        <ActionIcon variant="subtle" color="gray" ml={8} aria-label={menus.theme} onClick={toggleTheme}>
          {scheme === 'dark' ? <IconSun size={16} /> : <IconMoon size={16} />}
        </ActionIcon>
      </Tooltip>
    </header>
  );
}

function BarMenu({ name, entries }: { name: string; entries: readonly Entry[] }) {
  return (
    <Menu>
      <Menu.Target>
        <button type="button" className="menu-button">
          {name}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {entries.map((entry) => (
          <Menu.Item
            key={entry.text}
            fz={13}
            rightSection={<KeyHint keys={entry.keys} />}
            onClick={entry.run}
          >
            {entry.text}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function KeyHint({ keys }: { keys: string | undefined }) {
  return keys === undefined ? null : <span className="soft">{keys}</span>;
}

function SaveState() {
  const save = useEditing((state) => state.save);
  return (
    <Tooltip label={texts.saving.hint}>
      <span className="save-state" data-state={save} role="status" aria-label={texts.saving.name}>
        <span className="save-dot" />
        {texts.saving[save]}
      </span>
    </Tooltip>
  );
}

function DeviceState() {
  const devices = useDevices();
  const training = useTrainingView();
  if (isTraining(training) && training.device !== null) {
    const speed = training.stepsPerSecond === null ? '' : ` · ${texts.train.speed(training.stepsPerSecond)}`;
    return <span className="device-state">{`${training.device}${speed}`}</span>;
  }
  const available = devices.data?.filter((device) => device.available && !device.software) ?? [];
  const best = available.find((device) => device.name === 'webgpu') ?? available[0];
  if (!best) return null;
  return (
    <span className="device-state" title={best.description}>
      {`${best.name === 'cpu' ? 'CPU' : 'GPU'}: ${best.description}`}
    </span>
  );
}
