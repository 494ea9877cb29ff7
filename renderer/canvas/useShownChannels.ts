/** Channels of an image on view with their windows; the automatic contrast comes from the plane's statistics. */

import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { ImageInfo } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys } from '../api/queries.ts';
import { initialChannels, useWorkspace } from '../state/workspace.ts';
import type { ShownChannel } from './imagePainter.ts';
import { parseColour } from './labelColours.ts';

/** True for three 8-bit channels that are named red, green and blue. */
function isRgb(image: ImageInfo): boolean {
  const names = image.channelNames.map((name) => name.toLowerCase()).join();
  return image.numberType === 'uint8' && image.shape.c === 3 && names === 'red,green,blue';
}

/** The statistics of the image's first plane set the window, so that planes of a stack can be compared. */
export function useShownChannels(image: ImageInfo): readonly ShownChannel[] {
  const settings = useWorkspace((state) => state.channels[image.imageId]);
  useEffect(() => {
    if (settings) return;
    const fresh = initialChannels(image.shape.c, isRgb(image));
    useWorkspace.setState((state) => ({ channels: { ...state.channels, [image.imageId]: fresh } }));
  }, [settings, image]);
  const middle = Math.floor(image.shape.z / 2);
  const statistics = useQueries({
    queries: Array.from({ length: image.shape.c }, (_, c) => ({
      queryKey: keys.statistics(image.imageId, 0, middle, c),
      queryFn: () => backend.statistics(image.imageId, 0, middle, c),
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine: (results) => results.map((result) => result.data),
  });
  return useMemo(() => {
    const shown: ShownChannel[] = [];
    settings?.forEach((setting, index) => {
      const low = setting.low ?? statistics[index]?.low;
      const high = setting.high ?? statistics[index]?.high;
      if (!setting.visible || low === undefined || high === undefined) return;
      shown.push({ index, window: { low, high, colour: parseColour(setting.colour) } });
    });
    return shown;
  }, [settings, statistics]);
}
