/** The look: one accent colour, small controls, system fonts; greys without tint so that image colours are judged rightly. */

import { createTheme, type MantineColorsTuple } from '@mantine/core';
import { texts } from './texts.ts';

const accent: MantineColorsTuple = [
  '#e2f6fb',
  '#c4eaf4',
  '#96d9ea',
  '#62c6df',
  '#35b2d1',
  '#1499bb',
  '#0b7f9e',
  '#086782',
  '#065169',
  '#043b4e',
];

const neutral: MantineColorsTuple = [
  '#d6d6d6',
  '#b8b8b8',
  '#9a9a9a',
  '#7a7a7a',
  '#4a4a4a',
  '#3a3a3a',
  '#2e2e2e',
  '#262626',
  '#1f1f1f',
  '#171717',
];

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 6 },
  colors: { accent, dark: neutral },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', comboboxProps: { shadow: 'md' }, allowDeselect: false } },
    TextInput: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs', fullWidth: true } },
    Tooltip: { defaultProps: { openDelay: 500, multiline: true, maw: 260, fz: 'xs' } },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': texts.close } } },
    Menu: {
      defaultProps: { withInitialFocusPlaceholder: false, shadow: 'md', position: 'bottom-start', offset: 2 },
    },
  },
});
