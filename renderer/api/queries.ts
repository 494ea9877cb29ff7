/** Server data as hooks: cached by TanStack Query, made stale by the backend's events. */

import { keepPreviousData, QueryClient, useQuery } from '@tanstack/react-query';
import type { TrainRequest } from '../../app/api/types.ts';
import { backend, type OutlookRequest } from './backend.ts';

export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 60_000, retry: 1, refetchOnWindowFocus: false } },
});

export const keys = {
  project: ['project'] as const,
  images: ['images'] as const,
  classes: ['classes'] as const,
  editable: (imageId: number) => ['editable', imageId] as const,
  predictedObjects: (imageId: number) => ['predicted-objects', imageId] as const,
  gestures: (imageId: number, revision: number) => ['gestures', imageId, revision] as const,
  disagreement: (imageId: number) => ['disagreement', imageId] as const,
  review: (imageId: number) => ['review', imageId] as const,
  statistics: (imageId: number, t: number, z: number, c: number) => ['statistics', imageId, t, z, c] as const,
  outlook: ['outlook'] as const,
  presets: ['presets'] as const,
  pace: ['pace'] as const,
  choices: ['choices'] as const,
  runs: ['runs'] as const,
  run: (runId: number) => ['runs', runId] as const,
  models: ['models'] as const,
  devices: ['devices'] as const,
  jobs: ['jobs'] as const,
};

export const useProject = () => useQuery({ queryKey: keys.project, queryFn: backend.project });
export const useImages = () => useQuery({ queryKey: keys.images, queryFn: backend.images });
export const useClasses = () => useQuery({ queryKey: keys.classes, queryFn: backend.classes });
/** What a training with these options would learn from; keeps the last answer while the next is on its way. */
export const useOutlook = (request: OutlookRequest) =>
  useQuery({
    queryKey: [...keys.outlook, request],
    // What is no longer asked gives its connection back: a browser has six in all.
    queryFn: ({ signal }) => backend.outlook(request, signal),
    placeholderData: keepPreviousData,
  });
export const usePresetValues = () =>
  useQuery({ queryKey: keys.presets, queryFn: backend.presets, staleTime: Number.POSITIVE_INFINITY });
/** Devices, engines and base models, each with the reason where it is not there; asked for once somebody looks at them. */
export const useTrainingChoices = (enabled: boolean) =>
  useQuery({
    queryKey: keys.choices,
    queryFn: backend.trainingChoices,
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
  });
/** How fast the network trains on each device; asked for while no training takes the machine. */
export const usePace = (request: TrainRequest, enabled: boolean) =>
  useQuery({
    queryKey: [...keys.pace, request],
    queryFn: ({ signal }) => backend.pace(request, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
/** Objects of the prediction of a plane with their confidence. */
export const usePredictedObjects = (imageId: number, t: number, z: number) =>
  useQuery({
    queryKey: [...keys.predictedObjects(imageId), t, z],
    queryFn: () => backend.predictedObjects(imageId, t, z),
  });
/** How far each object of an image and its prediction are apart; asked for while the list is sorted by it. */
export const useDisagreement = (imageId: number | null, enabled: boolean) =>
  useQuery({
    queryKey: keys.disagreement(imageId ?? -1),
    queryFn: () => backend.disagreement(imageId ?? -1),
    placeholderData: keepPreviousData,
    enabled: enabled && imageId !== null,
  });
export const useRuns = () => useQuery({ queryKey: keys.runs, queryFn: backend.runs });
export const useModels = () => useQuery({ queryKey: keys.models, queryFn: backend.models });
export const useDevices = () =>
  useQuery({ queryKey: keys.devices, queryFn: backend.devices, staleTime: Number.POSITIVE_INFINITY });
export const useJobs = () => useQuery({ queryKey: keys.jobs, queryFn: backend.jobs });

/** Statistics of a plane and channel; `imageId` null asks nothing. */
export function useStatistics(imageId: number | null, t: number, z: number, c: number) {
  return useQuery({
    queryKey: keys.statistics(imageId ?? -1, t, z, c),
    queryFn: () => backend.statistics(imageId ?? -1, t, z, c),
    enabled: imageId !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
