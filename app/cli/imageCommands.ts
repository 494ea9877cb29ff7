/** Commands on the images of a project: pixel-size. */

import { selectImages } from '../services/imageSelection.ts';
import { positiveNumber } from './arguments.ts';
import { type AddCommand, withProject } from './command.ts';
import { formatCount } from './output.ts';

export function addImageCommands(add: AddCommand): void {
  add(
    'pixel-size <project> <micrometres>',
    'Say how large a pixel is, whatever the files say; measurements, exports and the scale bar follow.',
    'limn pixel-size cells.limn 0.325 --images 0-11',
    (command) =>
      command
        .option(
          '--images <selection>',
          'positions A-B in import order (from 0), or names with commas between them',
        )
        .option('--z-um <number>', 'distance of the z planes, µm', positiveNumber),
    async ({ output }, [path = '', text = ''], options) => {
      const side = positiveNumber(text);
      const { images: selection, zUm } = options as { images?: string; zUm?: number };
      const changed = await withProject(path, 'write', async (project) => {
        const { images } = project.store;
        const rows = selectImages(images.list(), selection);
        for (const { imageId, pixelSizeUm } of rows) {
          images.setPixelSize([imageId], { y: side, x: side, z: zUm ?? pixelSizeUm?.z ?? null });
        }
        return rows.map(({ imageId }) => images.get(imageId));
      });
      output.result(
        changed.map(({ imageId, name, pixelSizeUm }) => ({ imageId, name, pixelSizeUm })),
        `A pixel of ${formatCount(changed.length, 'image')} is ${side} µm wide now.`,
      );
      return undefined;
    },
  );
}
