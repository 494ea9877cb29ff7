/** Builds the desktop app: main process with its engine and workers, the sandboxed preload, the page. */

import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { ENTRIES } from './app/entryPoints.ts';

const root = import.meta.dirname;
/** Engine and workers stand beside the main script under the names of app/entryPoints.ts. */
const entries = Object.fromEntries(
  Object.values(ENTRIES).map(({ source, packaged }) => [
    packaged.replace(/\.js$/, ''),
    resolve(root, 'app', source),
  ]),
);

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: { main: resolve(root, 'main/main.ts'), ...entries },
        // Flat: a chunk finds the entries beside itself, wherever the bundler puts the code.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { preload: resolve(root, 'main/preload.ts') },
        // A sandboxed preload script is CommonJS in one file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react()],
    build: {
      outDir: 'out/renderer',
      rollupOptions: { input: { index: resolve(root, 'renderer/index.html') } },
    },
  },
});
