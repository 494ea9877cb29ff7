/** Entry of the page: providers around the workstation. */

import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import 'uplot/dist/uPlot.min.css';
import './styles.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/queries.ts';
import { Workstation } from './shell/Workstation.tsx';
import { theme } from './theme.ts';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no element #root to draw into.');

createRoot(root).render(
  <MantineProvider theme={theme} defaultColorScheme="auto">
    <QueryClientProvider client={queryClient}>
      <Notifications position="top-left" containerWidth={300} zIndex={1000} limit={3} />
      <Workstation />
    </QueryClientProvider>
  </MantineProvider>,
);
