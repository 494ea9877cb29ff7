/** Above the list of objects: how it is sorted, and what to do with the selected ones. */

import { ActionIcon, Menu, NativeSelect, Tooltip } from '@mantine/core';
import { IconEyeOff, IconTag, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { labelColour } from '../canvas/labelColours.ts';
import { useEditing } from '../state/editing.ts';
import { changeSelected, deleteSelected, toggleSelectedVisibility } from '../state/objects.ts';
import { type ObjectOrder, updateWorkspace, useSettings } from '../state/workspace.ts';
import { texts } from '../texts.ts';

const ORDERS = Object.entries(texts.labels.orders) as [ObjectOrder, string][];

export function ObjectActions() {
  const { selectedLabel, selection, objectOrder } = useSettings('selectedLabel', 'selection', 'objectOrder');
  const objects = useEditing((state) => state.objects);
  const classes = useEditing((state) => state.classes);
  const { labels } = texts;
  const current = objects.find((row) => row.label === selectedLabel);
  const none = selection.size === 0;
  return (
    <div className="object-actions">
      <h2 className="section-title grow">{labels.selected(selection.size, objects.length)}</h2>
      <Menu position="bottom-end">
        <Menu.Target>
          <Tooltip label={labels.changeClass}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={26}
              disabled={none}
              aria-label={labels.changeClass}
            >
              <IconTag size={15} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {classes.map((row) => (
            <Menu.Item
              key={row.classId}
              fz={13}
              leftSection={<span className="swatch" style={{ background: row.colour }} />}
              onClick={() => changeSelected({ classId: row.classId })}
            >
              {row.name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ObjectColour
        label={selectedLabel}
        colour={current?.colour ?? null}
        disabled={none || current === undefined}
      />
      <Action name={labels.hide} hint={`${labels.hide} (V)`} disabled={none} run={toggleSelectedVisibility}>
        <IconEyeOff size={15} />
      </Action>
      <Action name={labels.remove} hint={labels.removeHint} disabled={none} run={deleteSelected}>
        <IconTrash size={15} />
      </Action>
      <NativeSelect
        size="xs"
        aria-label={labels.order}
        data={ORDERS.map(([value, label]) => ({ value, label }))}
        value={objectOrder}
        onChange={(event) => updateWorkspace({ objectOrder: event.currentTarget.value as ObjectOrder })}
      />
    </div>
  );
}

interface ActionProps {
  name: string;
  hint: string;
  disabled: boolean;
  children: ReactNode;
  run(): void;
}

function Action({ name, hint, disabled, children, run }: ActionProps) {
  return (
    <Tooltip label={hint}>
      <ActionIcon variant="subtle" color="gray" size={26} aria-label={name} disabled={disabled} onClick={run}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

interface ObjectColourProps {
  label: number | null;
  colour: string | null;
  disabled: boolean;
}

/** The colour is stored once the choice ends, not with each step over the palette. */
function ObjectColour({ label, colour, disabled }: ObjectColourProps) {
  const shown = colour ?? hexOf(labelColour(label ?? 2));
  return (
    <input
      key={`${label} ${shown}`}
      type="color"
      className="object-colour"
      title={texts.labels.changeColour}
      aria-label={texts.labels.changeColour}
      defaultValue={shown}
      disabled={disabled}
      onBlur={(event) => {
        if (event.currentTarget.value !== shown) changeSelected({ colour: event.currentTarget.value });
      }}
    />
  );
}

function hexOf(rgb: readonly [number, number, number]): string {
  return `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
