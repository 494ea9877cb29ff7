/** The picture of objects that are cut with parameters that are not set yet. */

import type { CutPreview } from '../state/objectPreview.ts';
import type { PredictionView } from '../state/workspace.ts';
import { RASTER_MARGIN, renderObjects } from './labelRaster.ts';

let previewed: { cut: CutPreview; view: PredictionView; picture: HTMLCanvasElement } | null = null;

/** Made when first asked for; as objects, or as contours alone. */
export function previewPicture(cut: CutPreview, view: PredictionView): HTMLCanvasElement {
  if (previewed?.cut === cut && previewed.view === view) return previewed.picture;
  const { instancePlane, shape } = cut;
  const m = RASTER_MARGIN;
  const stride = shape.x + 2 * m;
  const padded = new Uint32Array(stride * (shape.y + 2 * m));
  for (let y = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; x++) {
      const value = instancePlane[y * shape.x + x]!;
      // Drawn with the label colours, which start at 2.
      padded[(y + m) * stride + x + m] = value === 0 ? 0 : value + 1;
    }
  }
  const drawn = new ImageData(shape.x, shape.y);
  const isContours = view === 'contours';
  const look = { fillOpacity: isContours ? 0 : 0.3, contourPx: isContours ? 2 : 1, selected: null };
  renderObjects(padded, shape.x, shape.y, drawn.data, look);
  const picture = globalThis.document.createElement('canvas');
  picture.width = shape.x;
  picture.height = shape.y;
  picture.getContext('2d')?.putImageData(drawn, 0, 0);
  previewed = { cut, view, picture };
  return picture;
}
