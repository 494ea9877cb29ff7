/** Which channels of an image are on view and how: the user's settings over the automatic contrast of the plane's statistics. */

import { useQueries } from '@tanstack/react-query';
import { useEffect } from 'react';
import { create } from 'zustand';
import type { ImageInfo, PlaneStatistics } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys } from '../api/queries.ts';
import { type ChannelSetting, initialChannels, useWorkspace } from '../state/workspace.ts';
import type { ShownChannel } from './imagePainter.ts';
import { colourTable } from './lookupTables.ts';

type Statistics = readonly (PlaneStatistics | undefined)[];

/** Statistics of the channels of images, as far as they have come. */
export const useImageStatistics = create<{ of: Readonly<Record<number, Statistics>> }>(() => ({ of: {} }));

/** True for three 8-bit channels that are named red, green and blue. */
function isRgb(image: ImageInfo): boolean {
  const names = image.channelNames.map((name) => name.toLowerCase()).join();
  return image.numberType === 'uint8' && image.shape.c === 3 && names === 'red,green,blue';
}

/**
 * Fetches what the automatic contrast needs and gives a new image its first look.
 * The statistics of the image's middle plane set the window, so that planes of a stack can be compared.
 */
export function useChannelStatistics(image: ImageInfo): void {
  const hasSettings = useWorkspace((state) => state.channels[image.imageId] !== undefined);
  useEffect(() => {
    if (hasSettings) return;
    const fresh = initialChannels(image.shape.c, isRgb(image));
    useWorkspace.setState((state) => ({ channels: { ...state.channels, [image.imageId]: fresh } }));
  }, [hasSettings, image]);
  const middle = Math.floor(image.shape.z / 2);
  const statistics = useQueries({
    queries: Array.from({ length: image.shape.c }, (_, c) => ({
      queryKey: keys.statistics(image.imageId, 0, middle, c),
      queryFn: () => backend.statistics(image.imageId, 0, middle, c),
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine: (results) => results.map((result) => result.data),
  });
  useEffect(() => {
    useImageStatistics.setState((state) => ({ of: { ...state.of, [image.imageId]: statistics } }));
  }, [image.imageId, statistics]);
}

let last: {
  settings: readonly ChannelSetting[] | undefined;
  statistics: Statistics | undefined;
  shown: readonly ShownChannel[];
} = { settings: undefined, statistics: undefined, shown: [] };

/** Channels on view with their windows; the same array until a setting or the statistics change. */
export function shownChannels(imageId: number): readonly ShownChannel[] {
  const settings = useWorkspace.getState().channels[imageId];
  const statistics = useImageStatistics.getState().of[imageId];
  if (last.settings === settings && last.statistics === statistics) return last.shown;
  const shown: ShownChannel[] = [];
  settings?.forEach((setting, index) => {
    const low = setting.low ?? statistics?.[index]?.low;
    const high = setting.high ?? statistics?.[index]?.high;
    if (!setting.visible || low === undefined || high === undefined) return;
    const table = colourTable(setting.lookup, setting.colour);
    shown.push({ index, window: { low, high, gamma: setting.gamma, table } });
  });
  last = { settings, statistics, shown };
  return shown;
}
