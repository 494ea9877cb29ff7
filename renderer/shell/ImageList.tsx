/** The project's images with thumbnails and how far each is labelled; a filter and the import button on top. */

import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { IconPhotoPlus, IconSearch, IconTable } from '@tabler/icons-react';
import { type CSSProperties, useEffect, useMemo, useRef, useState } from 'react';
import type { ImageInfo } from '../../app/api/types.ts';
import { links } from '../api/backend.ts';
import { useImages } from '../api/queries.ts';
import { scrollToRow } from '../controls/listKeys.ts';
import { useWindowedRows } from '../controls/windowedRows.ts';
import { ImageInformation } from '../panels/ImageInformation.tsx';
import { openBatch } from '../state/batch.ts';
import { chooseAndImport } from '../state/importing.ts';
import { showImage, useWorkspace } from '../state/workspace.ts';
import { texts } from '../texts.ts';

/** Height of a row, px; the style sheet has the same. */
const ROW_HEIGHT = 70;

export function ImageList() {
  const images = useImages();
  const [filter, setFilter] = useState('');
  const current = useWorkspace((state) => state.imageId);
  const shown = useMemo(() => {
    const needle = filter.trim().toLowerCase();
    return (images.data ?? []).filter((image) => image.name.toLowerCase().includes(needle));
  }, [images.data, filter]);
  const list = useRef<HTMLUListElement>(null);
  const { first, end, above, below } = useWindowedRows(list, shown.length, ROW_HEIGHT);
  const onView = images.data?.find((image) => image.imageId === current);
  const at = shown.findIndex(({ imageId }) => imageId === current);
  // An image that was chosen elsewhere comes into view here too.
  useEffect(() => {
    if (at >= 0) scrollToRow(list.current, at, ROW_HEIGHT);
  }, [at]);

  return (
    <aside className="image-list" aria-label={texts.images.list}>
      <div className="image-list-head">
        <Button
          variant="default"
          leftSection={<IconPhotoPlus size={15} />}
          onClick={() => void chooseAndImport()}
        >
          {texts.images.import}
        </Button>
        <div className="image-filter">
          <TextInput
            aria-label={texts.images.filter}
            placeholder={texts.images.filter}
            leftSection={<IconSearch size={13} />}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
          <Tooltip label={texts.batch.hint}>
            <ActionIcon variant="default" size={30} aria-label={texts.batch.title} onClick={openBatch}>
              <IconTable size={16} />
            </ActionIcon>
          </Tooltip>
        </div>
      </div>
      <ul
        ref={list}
        aria-label={texts.images.list}
        style={{ '--above': `${above}px`, '--below': `${below}px` } as CSSProperties}
      >
        {shown.slice(first, end).map((image) => (
          <li key={image.imageId}>
            <ImageItem image={image} isCurrent={image.imageId === current} />
          </li>
        ))}
      </ul>
      {images.data && images.data.length > 0 && shown.length === 0 && (
        <p className="soft" style={{ padding: '0 12px' }}>
          {texts.images.none}
        </p>
      )}
      {onView && <ImageInformation image={onView} />}
    </aside>
  );
}

function ImageItem({ image, isCurrent }: { image: ImageInfo; isCurrent: boolean }) {
  const { x, y, z, t, c } = image.shape;
  const planes = [z > 1 ? `${z} z` : '', t > 1 ? `${t} t` : '', c > 1 ? `${c} ch` : ''].filter(
    (part) => part !== '',
  );
  const isLabelled = image.labelledFraction > 0;
  const label = isLabelled
    ? texts.images.labelled(image.objects, image.labelledFraction)
    : texts.images.unlabelled;
  const state = image.predicted ? `${label}, ${texts.images.predicted}` : label;
  return (
    <button
      type="button"
      className="image-item"
      aria-current={isCurrent}
      title={`${image.name}\n${state}`}
      onClick={() => showImage(image.imageId)}
    >
      <img src={links.thumbnail(image.imageId)} alt="" loading="lazy" draggable={false} />
      <span style={{ minWidth: 0 }}>
        <span className="image-name" style={{ display: 'block' }}>
          {image.name}
        </span>
        <span className="image-meta" style={{ display: 'block' }}>
          {[`${x} × ${y}`, ...planes].join(' · ')}
        </span>
        <span className="image-state">
          <span className="state-dot" data-on={isLabelled} />
          <span className="state-dot" data-on={image.objects > 0} />
          <span className="state-dot" data-on={image.predicted} />
          <span className="image-meta">
            {isLabelled ? texts.images.labelled(image.objects, image.labelledFraction).split(' · ')[0] : ''}
          </span>
        </span>
      </span>
    </button>
  );
}
