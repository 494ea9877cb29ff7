/** Server data as hooks: cached by TanStack Query, made stale by the backend's events. */

import { QueryClient, useQuery } from '@tanstack/react-query';
import { backend } from './backend.ts';

export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 60_000, retry: 1, refetchOnWindowFocus: false } },
});

export const keys = {
  project: ['project'] as const,
  images: ['images'] as const,
  classes: ['classes'] as const,
  editable: (imageId: number) => ['editable', imageId] as const,
  statistics: (imageId: number, t: number, z: number, c: number) => ['statistics', imageId, t, z, c] as const,
  outlook: ['outlook'] as const,
  runs: ['runs'] as const,
  run: (runId: number) => ['runs', runId] as const,
  models: ['models'] as const,
  devices: ['devices'] as const,
  jobs: ['jobs'] as const,
};

export const useProject = () => useQuery({ queryKey: keys.project, queryFn: backend.project });
export const useImages = () => useQuery({ queryKey: keys.images, queryFn: backend.images });
export const useClasses = () => useQuery({ queryKey: keys.classes, queryFn: backend.classes });
export const useOutlook = (enabled: boolean) =>
  useQuery({ queryKey: keys.outlook, queryFn: backend.outlook, enabled });
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
