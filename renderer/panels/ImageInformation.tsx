/** What the image on view is: size, planes, channels, number type and the size of its pixels, which can be set here. */

import { useEffect } from 'react';
import type { ImageInfo } from '../../app/api/types.ts';
import { useImages } from '../api/queries.ts';
import { usePixelSizeForm } from '../state/pixelSizeForm.ts';
import { texts } from '../texts.ts';
import { PixelSizeForm } from './PixelSizeForm.tsx';

export function ImageInformation({ image }: { image: ImageInfo }) {
  const count = useImages().data?.length ?? 1;
  const { open } = usePixelSizeForm();
  const { imageInfo } = texts;
  const { shape, pixelSizeUm, channelNames } = image;
  const close = () => usePixelSizeForm.setState({ open: false });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another image closes the form.
  useEffect(() => () => close(), [image.imageId]);
  return (
    <section className="image-information" aria-label={imageInfo.title}>
      <dl className="facts">
        <dt>{imageInfo.size}</dt>
        <dd>{imageInfo.pixels(shape.x, shape.y)}</dd>
        {shape.z * shape.t > 1 && (
          <>
            <dt>{imageInfo.planes}</dt>
            <dd>{imageInfo.stack(shape.z, shape.t)}</dd>
          </>
        )}
        <dt>{imageInfo.channels}</dt>
        <dd title={channelNames.join(', ')}>{channelNames.length > 0 ? channelNames.join(', ') : shape.c}</dd>
        <dt>{imageInfo.type}</dt>
        <dd>{image.numberType}</dd>
        <dt>{imageInfo.pixel}</dt>
        <dd>
          {pixelSizeUm ? imageInfo.size3(pixelSizeUm) : imageInfo.unknown}{' '}
          <button
            type="button"
            className="link-button"
            aria-expanded={open}
            aria-label={imageInfo.change}
            onClick={() => usePixelSizeForm.setState({ open: !open })}
          >
            {pixelSizeUm ? imageInfo.changeWord : imageInfo.setWord}
          </button>
        </dd>
      </dl>
      {open && (
        <PixelSizeForm
          key={image.imageId}
          image={image}
          autoFocus
          targets={[
            { name: imageInfo.forThis, imageIds: [image.imageId] },
            ...(count > 1 ? [{ name: imageInfo.forAll(count), imageIds: null }] : []),
          ]}
          onDone={close}
        />
      )}
    </section>
  );
}
