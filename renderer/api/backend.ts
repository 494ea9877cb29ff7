/** The backend's JSON routes, one function each, typed by the shared API types. */

import type {
  ClassKind,
  ClassRow,
  DeviceReport,
  EditAcknowledged,
  ExportReport,
  ExportRequest,
  ImageInfo,
  ImportReport,
  ImportRequest,
  JobInfo,
  JobStarted,
  ModelSummary,
  ObjectRow,
  PlaneStatistics,
  PredictRequest,
  ProjectInfo,
  RunDetail,
  RunStarted,
  RunSummary,
  TrainingOutlook,
  TrainRequest,
} from '../../app/api/types.ts';
import { cached, getJson, request, sendJson, setCacheKey } from './request.ts';

export const backend = {
  project,
  openProject: (path: string) => sendJson<ProjectInfo>('/api/project/open', { path }),
  newProject: (path: string) => sendJson<ProjectInfo>('/api/project/new', { path }),
  images: () => getJson<ImageInfo[]>('/api/images'),
  importImages: (body: ImportRequest) => sendJson<ImportReport>('/api/images/import', body),
  uploadImages,
  statistics: (imageId: number, t: number, z: number, c: number) =>
    getJson<PlaneStatistics>(`/api/images/${imageId}/statistics?t=${t}&z=${z}&c=${c}`),
  objects: (imageId: number) => getJson<ObjectRow[]>(`/api/images/${imageId}/objects`),
  updateObject: (
    imageId: number,
    label: number,
    change: Partial<Pick<ObjectRow, 'classId' | 'name' | 'colour' | 'locked'>>,
  ) => sendJson<ObjectRow>(`/api/images/${imageId}/objects/${label}`, change, 'PATCH'),
  classes: () => getJson<ClassRow[]>('/api/classes'),
  addClass: (name: string, kind: ClassKind) => sendJson<ClassRow>('/api/classes', { name, kind }),
  acceptPrediction: (imageId: number, t: number, z: number) =>
    sendJson<EditAcknowledged>(`/api/images/${imageId}/prediction/accept`, { t, z }),
  outlook: () => getJson<TrainingOutlook>('/api/training/outlook'),
  startRun: (body: TrainRequest) => sendJson<RunStarted>('/api/runs', body),
  runs: () => getJson<RunSummary[]>('/api/runs'),
  run: (runId: number) => getJson<RunDetail>(`/api/runs/${runId}`),
  controlRun: (runId: number, action: 'stop' | 'pause' | 'resume') =>
    sendJson<unknown>(`/api/runs/${runId}/${action}`, {}),
  models: () => getJson<ModelSummary[]>('/api/models'),
  predict: (body: PredictRequest) => sendJson<JobStarted>('/api/predictions', body),
  exportMasks: (body: ExportRequest) => sendJson<ExportReport>('/api/exports', body),
  devices: () => getJson<DeviceReport[]>('/api/devices'),
  jobs: () => getJson<JobInfo[]>('/api/jobs'),
  cancelJob: (jobId: number) => sendJson<unknown>(`/api/jobs/${jobId}/cancel`, {}),
};

async function project(): Promise<ProjectInfo> {
  const info = await getJson<ProjectInfo>('/api/project');
  setCacheKey(info.cacheKey);
  return info;
}

async function uploadImages(files: readonly File[]): Promise<ImportReport> {
  const form = new FormData();
  for (const file of files) form.append('files', file, file.name);
  const response = await request('/api/images/upload', { method: 'POST', body: form });
  return (await response.json()) as ImportReport;
}

/** Addresses that the browser itself opens. */
export const links = {
  thumbnail: (imageId: number) => cached(`/api/images/${imageId}/thumbnail`),
  exportTiff: (imageId: number, query: { layer: string; kind: string; keepUnlabelled: boolean }) =>
    `/api/images/${imageId}/export.tif?layer=${query.layer}&kind=${query.kind}&keepUnlabelled=${query.keepUnlabelled}`,
};
