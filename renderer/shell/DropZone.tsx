/** Files dropped anywhere on the window are imported. */

import { useEffect, useState } from 'react';
import { importFiles } from '../state/importing.ts';
import { texts } from '../texts.ts';

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

export function DropZone() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const options = { signal: stop.signal };
    window.addEventListener(
      'dragover',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      options,
    );
    window.addEventListener(
      'dragleave',
      (event) => {
        if (event.relatedTarget === null) setOver(false);
      },
      options,
    );
    window.addEventListener(
      'drop',
      (event) => {
        event.preventDefault();
        setOver(false);
        const files = [...(event.dataTransfer?.files ?? [])];
        if (files.length > 0) void importFiles(files);
      },
      options,
    );
    return () => stop.abort();
  }, []);
  return over ? <div className="drop-veil">{texts.images.drop}</div> : null;
}
