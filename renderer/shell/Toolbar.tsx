/** Tools, undo and redo, fit: icons with their shortcut in the tooltip. */

import { ActionIcon, Popover, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowsJoin,
  IconBrush,
  IconBucketDroplet,
  IconCircle,
  IconCircleDot,
  IconColorPicker,
  IconEraser,
  IconHandStop,
  IconHistory,
  IconLasso,
  IconMaximize,
  IconPolygon,
  IconRectangle,
  IconSlice,
  IconSparkles,
  IconWand,
  IconZoomIn,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { HistoryList } from '../panels/HistoryList.tsx';
import { redo, undo, useEditing } from '../state/editing.ts';
import { toggleHistory, useHistoryList } from '../state/history.ts';
import { chooseTool } from '../state/tools.ts';
import { type ToolName, useWorkspace, viewport } from '../state/workspace.ts';
import { texts } from '../texts.ts';

const TOOLS: readonly { tool: ToolName; key: string; icon: ReactNode }[] = [
  { tool: 'brush', key: 'B', icon: <IconBrush size={19} stroke={1.6} /> },
  { tool: 'smart', key: 'Shift B', icon: <IconSparkles size={19} stroke={1.6} /> },
  { tool: 'eraser', key: 'E', icon: <IconEraser size={19} stroke={1.6} /> },
  { tool: 'disk', key: 'D', icon: <IconCircleDot size={19} stroke={1.6} /> },
  { tool: 'polygon', key: 'P', icon: <IconPolygon size={19} stroke={1.6} /> },
  { tool: 'lasso', key: 'L', icon: <IconLasso size={19} stroke={1.6} /> },
  { tool: 'box', key: 'R', icon: <IconRectangle size={19} stroke={1.6} /> },
  { tool: 'ellipse', key: 'C', icon: <IconCircle size={19} stroke={1.6} /> },
  { tool: 'fill', key: 'F', icon: <IconBucketDroplet size={19} stroke={1.6} /> },
  { tool: 'wand', key: 'A', icon: <IconWand size={19} stroke={1.6} /> },
  { tool: 'split', key: 'S', icon: <IconSlice size={19} stroke={1.6} /> },
  { tool: 'merge', key: 'J', icon: <IconArrowsJoin size={19} stroke={1.6} /> },
  { tool: 'pick', key: 'I', icon: <IconColorPicker size={19} stroke={1.6} /> },
  { tool: 'zoom', key: 'Z', icon: <IconZoomIn size={19} stroke={1.6} /> },
  { tool: 'hand', key: 'H', icon: <IconHandStop size={19} stroke={1.6} /> },
];

export function Toolbar() {
  const current = useWorkspace((state) => state.tool);
  const canUndo = useEditing((state) => state.canUndo);
  const historyOpen = useHistoryList((state) => state.open);
  const canRedo = useEditing((state) => state.canRedo);
  const { tools } = texts;
  return (
    <div className="toolbar" role="toolbar" aria-label={tools.toolbar} aria-orientation="vertical">
      {TOOLS.map(({ tool, key, icon }) => (
        <ToolButton
          key={tool}
          name={tools[tool]}
          shortcut={key}
          hint={tools.hints[tool]}
          pressed={current === tool}
          onClick={() => chooseTool(tool)}
        >
          {icon}
        </ToolButton>
      ))}
      <hr />
      <ToolButton
        name={tools.undo}
        shortcut="Ctrl Z"
        hint={tools.hints.undo}
        disabled={!canUndo}
        onClick={undo}
      >
        <IconArrowBackUp size={19} stroke={1.6} />
      </ToolButton>
      <ToolButton
        name={tools.redo}
        shortcut="Ctrl Shift Z"
        hint={tools.hints.redo}
        disabled={!canRedo}
        onClick={redo}
      >
        <IconArrowForwardUp size={19} stroke={1.6} />
      </ToolButton>
      <Popover
        opened={historyOpen}
        onChange={(open) => useHistoryList.setState({ open })}
        withRoles={false}
        position="right-end"
        shadow="md"
      >
        <Popover.Target>
          <span>
            <ToolButton
              name={tools.history}
              shortcut="G"
              hint={tools.hints.history}
              pressed={historyOpen}
              onClick={toggleHistory}
            >
              <IconHistory size={19} stroke={1.6} />
            </ToolButton>
          </span>
        </Popover.Target>
        <Popover.Dropdown p={6}>
          <HistoryList />
        </Popover.Dropdown>
      </Popover>
      <hr />
      <ToolButton name={tools.fit} shortcut="0" hint={tools.hints.fit} onClick={() => viewport.fit()}>
        <IconMaximize size={19} stroke={1.6} />
      </ToolButton>
    </div>
  );
}

interface ToolButtonProps {
  name: string;
  shortcut: string;
  hint: string;
  pressed?: boolean;
  disabled?: boolean;
  children: ReactNode;
  onClick(): void;
}

function ToolButton({ name, shortcut, hint, pressed, disabled, children, onClick }: ToolButtonProps) {
  const tip = (
    <>
      <strong>{name}</strong> ({shortcut})<br />
      {hint}
    </>
  );
  return (
    <Tooltip label={tip} position="right">
      <ActionIcon
        size={32}
        variant={pressed ? 'filled' : 'subtle'}
        color={pressed ? 'accent' : 'gray'}
        aria-label={name}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        disabled={disabled ?? false}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
