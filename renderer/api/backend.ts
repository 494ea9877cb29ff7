/** The backend's JSON routes, one function each; the routes' own types check paths, bodies and answers. */

import { hc } from 'hono/client';
import type { AppType } from '../../app/api/routes.ts';
import type {
  AcceptFilter,
  ClassKind,
  ExportRequest,
  ImportReport,
  ImportRequest,
  ObjectRow,
  ObjectsChange,
  PixelSizeUm,
  PredictRequest,
  Preset,
  ProjectInfo,
  TrainRequest,
} from '../../app/api/types.ts';
import { cached, request, setCacheKey } from './request.ts';

const { api } = hc<AppType>('/', {
  fetch: (input: RequestInfo | URL, init?: RequestInit) => request(String(input), init),
});

/** The body of an answer that {@link request} has found good. */
async function json<T>(answer: Promise<{ json(): Promise<T> }>): Promise<T> {
  return (await answer).json();
}

/** What the outlook depends on, as it stands in the address. */
export interface OutlookRequest {
  preset?: Preset;
  depth?: number;
  images?: string;
  validation?: string;
  validationGroup?: string;
  validateOnTraining?: boolean;
}

/** What a person may change about objects. */
export type ObjectChange = Partial<Pick<ObjectRow, 'classId' | 'name' | 'colour' | 'locked'>>;

const idOf = (imageId: number) => ({ id: String(imageId) });

export const backend = {
  project,
  openProject: (path: string) => json(api.project.open.$post({ json: { path } })),
  openSample: () => json(api.project.sample.$post()),
  copyProject: (path: string) => json(api.project.copy.$post({ json: { path } })),
  newProject: (path: string) => json(api.project.new.$post({ json: { path } })),
  setChannels: (channels: number[] | null) => json(api.project.$patch({ json: { channels } })),
  images: () => json(api.images.$get()),
  importImages: (body: ImportRequest) => json(api.images.import.$post({ json: body })),
  uploadImages,
  statistics: (imageId: number, t: number, z: number, c: number) =>
    json(
      api.images[':id'].statistics.$get({
        param: idOf(imageId),
        query: { t: String(t), z: String(z), c: String(c) },
      }),
    ),
  objects: (imageId: number) => json(api.images[':id'].objects.$get({ param: idOf(imageId) })),
  history: (imageId: number) => json(api.images[':id'].history.$get({ param: idOf(imageId) })),
  gestures: (imageId: number) => json(api.images[':id'].gestures.$get({ param: idOf(imageId) })),
  jumpTo: (imageId: number, editId: number) =>
    json(api.images[':id'].history.jump.$post({ param: idOf(imageId), json: { editId } })),
  changeObjects: (imageId: number, labels: number[], change: ObjectChange) =>
    json(api.images[':id'].objects.$patch({ param: idOf(imageId), json: { labels, change } })),
  classes: () => json(api.classes.$get()),
  addClass: (name: string, kind: ClassKind) => json(api.classes.$post({ json: { name, kind } })),
  acceptPrediction: (imageId: number, t: number, z: number, filter: AcceptFilter = {}) =>
    json(
      api.images[':id'].prediction.accept.$post({
        param: idOf(imageId),
        json: { t, z, ...filter },
      }),
    ),
  disagreement: (imageId: number) => json(api.images[':id'].disagreement.$get({ param: idOf(imageId) })),
  review: (imageId: number) => json(api.images[':id'].review.$get({ param: idOf(imageId) })),
  prediction: (imageId: number, t: number, z: number) =>
    json(
      api.images[':id'].prediction[':t'][':z'].$get({
        param: { ...idOf(imageId), t: String(t), z: String(z) },
      }),
    ),
  predictedObjects: (imageId: number, t: number, z: number) =>
    json(
      api.images[':id'].prediction[':t'][':z'].objects.$get({
        param: { id: String(imageId), t: String(t), z: String(z) },
      }),
    ),
  outlook: (request: OutlookRequest, signal: AbortSignal) =>
    json(api.training.outlook.$get({ query: request }, { init: { signal } })),
  trainingChoices: () => json(api.training.choices.$get()),
  presets: () => json(api.training.presets.$get()),
  pace: (request: TrainRequest, signal: AbortSignal) =>
    json(api.training.pace.$post({ json: request }, { init: { signal } })),
  startRun: (body: TrainRequest) => json(api.runs.$post({ json: body })),
  runs: () => json(api.runs.$get()),
  runSamples: (runId: number) => json(api.runs[':id'].samples.$get({ param: idOf(runId) })),
  run: (runId: number) => json(api.runs[':id'].$get({ param: idOf(runId) })),
  controlRun: async (runId: number, action: 'stop' | 'pause' | 'resume'): Promise<void> => {
    await api.runs[':id'][action].$post({ param: idOf(runId) });
  },
  deleteRun: (runId: number) => json(api.runs[':id'].$delete({ param: idOf(runId) })),
  models: () => json(api.models.$get()),
  modelObjects: (modelId: number) => json(api.models[':id'].objects.$get({ param: idOf(modelId) })),
  setModelObjects: (modelId: number, change: ObjectsChange) =>
    json(api.models[':id'].objects.$post({ param: idOf(modelId), json: change })),
  fitModelObjects: (modelId: number) => json(api.models[':id'].objects.fit.$post({ param: idOf(modelId) })),
  deleteModel: (modelId: number) => json(api.models[':id'].$delete({ param: idOf(modelId) })),
  setPixelSize: (imageIds: number[] | null, pixelSizeUm: PixelSizeUm | null) =>
    json(api.images.$patch({ json: { ...(imageIds !== null && { imageIds }), pixelSizeUm } })),
  predict: (body: PredictRequest) => json(api.predictions.$post({ json: body })),
  exportMasks: (body: ExportRequest) => json(api.exports.$post({ json: body })),
  devices: () => json(api.devices.$get()),
  jobs: () => json(api.jobs.$get()),
  /** True once for each user: the tour begins by itself. */
  beginFirstTour: async () => (await json(api.tour.first.$post())).begins,
  moveJob: (jobId: number, place: number) =>
    json(api.jobs[':id'].move.$post({ param: idOf(jobId), json: { place } })),
  cancelJob: (jobId: number) => json(api.jobs[':id'].cancel.$post({ param: idOf(jobId) })),
};

async function project(): Promise<ProjectInfo> {
  const info = await json(api.project.$get());
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
  /** `size` is the longer side, px. */
  thumbnail: (imageId: number, size?: number, plane?: { t: number; z: number }) => {
    const address = cached(`/api/images/${imageId}/thumbnail`);
    if (size === undefined) return address;
    const at = plane === undefined ? '' : `&t=${plane.t}&z=${plane.z}`;
    return `${address}${address.includes('?') ? '&' : '?'}size=${size}${at}`;
  },
  model: (modelId: number, halfPrecision: boolean) =>
    `/api/models/${modelId}/model.onnx?halfPrecision=${halfPrecision}`,
  exportTiff: (imageId: number, query: { layer: string; kind: string; keepUnlabelled: boolean }) =>
    `/api/images/${imageId}/export.tif?layer=${query.layer}&kind=${query.kind}&keepUnlabelled=${query.keepUnlabelled}`,
};
