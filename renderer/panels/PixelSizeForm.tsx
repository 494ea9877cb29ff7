/** The size of a pixel in µm, set for some images; everything that measures follows. */

import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ImageInfo, PixelSizeUm } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys, queryClient } from '../api/queries.ts';
import { NumberBox } from '../controls/NumberBox.tsx';
import { showError } from '../state/showError.ts';
import { texts } from '../texts.ts';

interface PixelSizeFormProps {
  /** Whose size stands in the boxes at first. */
  image: ImageInfo;
  /** One button each; null: all images. */
  targets: readonly { name: string; imageIds: number[] | null }[];
  /** The first box takes the focus. */
  autoFocus?: boolean;
  onDone?(): void;
}

export function PixelSizeForm({ image, targets, autoFocus = false, onDone }: PixelSizeFormProps) {
  const [size, setSize] = useState<Partial<PixelSizeUm>>(image.pixelSizeUm ?? {});
  const { imageInfo } = texts;
  const { x, y } = size;
  const isWhole = x !== undefined && y !== undefined;
  const store = async (imageIds: number[] | null) => {
    if (!isWhole) return;
    try {
      const rows = await backend.setPixelSize(imageIds, { x, y, z: size.z ?? null });
      queryClient.setQueryData(keys.images, rows);
      await queryClient.invalidateQueries({ queryKey: keys.outlook });
      onDone?.();
    } catch (error) {
      showError(texts.errors.pixelSize, error);
    }
  };
  const box = (name: string, axis: 'x' | 'y' | 'z', focus = false) => (
    <NumberBox
      name={name}
      value={size[axis] ?? null}
      minimum={0.000001}
      maximum={1_000_000}
      step={0.000001}
      placeholder={axis === 'z' ? '–' : '?'}
      autoFocus={focus}
      onChange={(value) =>
        // Pixels are nearly always square: a new width is the height as well, unless they differed.
        setSize((before) =>
          axis === 'x' && (before.y === undefined || before.y === before.x)
            ? { ...before, x: value, y: value }
            : { ...before, [axis]: value },
        )
      }
      onClear={() => setSize(({ [axis]: _dropped, ...rest }) => rest)}
    />
  );
  return (
    <fieldset className="pixel-size">
      <legend className="soft">{imageInfo.pixelSize}</legend>
      {box(imageInfo.pixelWidth, 'x', autoFocus)}
      <span className="soft">×</span>
      {box(imageInfo.pixelHeight, 'y')}
      {image.shape.z > 1 && (
        <>
          <span className="soft">×</span>
          {box(imageInfo.pixelDepth, 'z')}
        </>
      )}
      <span className="soft">µm</span>
      {targets.map((target) => (
        <Button
          key={target.name}
          variant="default"
          size="compact-xs"
          disabled={!isWhole}
          onClick={() => void store(target.imageIds)}
        >
          {target.name}
        </Button>
      ))}
    </fieldset>
  );
}
