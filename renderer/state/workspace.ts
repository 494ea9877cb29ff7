/** What is on view and how: the chosen image and plane, tool, layers and panel; view state only, the data lives elsewhere. */

import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { ReviewPlace } from '../../app/api/types.ts';
import { levelForScale, Viewport } from '../canvas/viewport.ts';
import type { PaintMode, StrokeTarget } from '../editor/paintTarget.ts';

export type ToolName =
  | 'brush'
  | 'eraser'
  | 'disk'
  | 'polygon'
  | 'lasso'
  | 'box'
  | 'ellipse'
  | 'fill'
  | 'wand'
  | 'smart'
  | 'split'
  | 'merge'
  | 'pick'
  | 'zoom'
  | 'accept'
  | 'hand';
/** Tools with a tip of the brush's size. */
export const SIZED_TOOLS: ReadonlySet<ToolName> = new Set(['brush', 'smart', 'eraser', 'disk']);

export type PanelTab = 'labels' | 'weights' | 'train' | 'predict' | 'export';
/** How the list of objects is sorted. */
export type ObjectOrder = 'newest' | 'oldest' | 'largest' | 'smallest' | 'class' | 'disagreement';
export type PredictionView = 'objects' | 'contours' | 'probability' | 'uncertainty' | 'disagreement';

/** How grey values become colours; `colour` is the channel's own. */
export type LookupName = 'colour' | 'grey' | 'fire' | 'viridis';

/** How one channel of one image is shown. */
export interface ChannelSetting {
  visible: boolean;
  /** Window in grey values; null until the statistics are known (automatic contrast). */
  low: number | null;
  high: number | null;
  colour: string;
  /** 1 straight, below 1 lifts the dark. */
  gamma: number;
  lookup: LookupName;
}

export interface Workspace {
  imageId: number | null;
  t: number;
  z: number;
  tool: ToolName;
  paintMode: PaintMode;
  /** Where strokes of mode object go. */
  strokes: StrokeTarget;
  classId: number | null;
  brushSize: number;
  protectObjects: boolean;
  onlyUnlabelled: boolean;
  /** The object that the keyboard is on; one of the selected ones. */
  selectedLabel: number | null;
  selection: ReadonlySet<number>;
  /** Objects that are not drawn, by image. */
  hiddenLabels: Readonly<Record<number, ReadonlySet<number>>>;
  objectOrder: ObjectOrder;
  tab: PanelTab;
  panelsHidden: boolean;
  /** Layers and contrast folded away, for more room above. */
  layersFolded: boolean;
  showLabels: boolean;
  showFill: boolean;
  showContours: boolean;
  showHatch: boolean;
  /** Opacity of the labels as a whole, 0 … 1. */
  labelOpacity: number;
  /** Opacity of the image, 0 … 1. */
  imageOpacity: number;
  showWeightMap: boolean;
  showPrediction: boolean;
  weightPreset: 'paper' | 'fiji';
  w0: number;
  sigma: number;
  weightOpacity: number;
  predictionView: PredictionView;
  predictionOpacity: number;
  /** Class position 1 … K whose probability is shown. */
  predictionClass: number;
  /** Objects of this mean probability or more are accepted together, 0 … 1. */
  acceptConfidence: number;
  /** The place of the walk through unsure places and mistakes that is framed on the canvas. */
  reviewPlace: ReviewPlace | null;
  channels: Record<number, ChannelSetting[]>;
  activeChannel: number;
}

export const LARGEST_BRUSH = 500;

export const useWorkspace = create<Workspace>(() => ({
  imageId: null,
  t: 0,
  z: 0,
  tool: 'brush',
  paintMode: 'object',
  strokes: 'auto',
  classId: null,
  brushSize: 12,
  protectObjects: true,
  onlyUnlabelled: false,
  selectedLabel: null,
  selection: new Set<number>(),
  hiddenLabels: {},
  objectOrder: 'newest',
  tab: 'labels',
  panelsHidden: false,
  layersFolded: false,
  showLabels: true,
  showFill: true,
  showContours: true,
  showHatch: true,
  labelOpacity: 1,
  imageOpacity: 1,
  showWeightMap: false,
  showPrediction: false,
  weightPreset: 'paper',
  w0: 10,
  sigma: 5,
  weightOpacity: 0.7,
  predictionView: 'objects',
  predictionOpacity: 0.7,
  predictionClass: 1,
  acceptConfidence: 0.9,
  reviewPlace: null,
  channels: {},
  activeChannel: 0,
}));

/** Some settings by name; the component is drawn again only when one of these changes. */
export function useSettings<K extends keyof Workspace>(...names: readonly K[]): Pick<Workspace, K> {
  return useWorkspace(
    useShallow((state) => Object.fromEntries(names.map((name) => [name, state[name]])) as Pick<Workspace, K>),
  );
}

/** Changes parts of the workspace. */
export function updateWorkspace(change: Partial<Workspace>): void {
  useWorkspace.setState(change);
}

/** Chooses an image; its first plane comes on view. */
export function showImage(imageId: number | null): void {
  if (useWorkspace.getState().imageId === imageId) return;
  useWorkspace.setState({ imageId, t: 0, z: 0, activeChannel: 0 });
  selectLabel(null);
}

/** Selects one object, or none. */
export function selectLabel(label: number | null): void {
  useWorkspace.setState({ selectedLabel: label, selection: new Set(label === null ? [] : [label]) });
}

/** Sets the brush diameter, image pixels, kept in 1 … 500. */
export function setBrushSize(size: number): void {
  if (!Number.isFinite(size)) return;
  useWorkspace.setState({ brushSize: Math.min(LARGEST_BRUSH, Math.max(1, Math.round(size))) });
}

/** One step of `[` or `]`: finer for small brushes. */
export function stepBrushSize(direction: 1 | -1): void {
  const { brushSize } = useWorkspace.getState();
  const step = brushSize < 10 || (brushSize === 10 && direction < 0) ? 1 : brushSize < 50 ? 2 : 10;
  setBrushSize(brushSize + direction * step);
}

const CHANNEL_COLOURS = ['#4d9dff', '#3fd36f', '#ff5f57', '#e05cff', '#ffc53d', '#4de3e3'];

/** First look of an image's channels: grey alone, red, green, blue for three 8-bit ones, else distinct colours. */
export function initialChannels(count: number, isRgb: boolean): ChannelSetting[] {
  const palette = isRgb ? ['#ff0000', '#00ff00', '#0000ff'] : CHANNEL_COLOURS;
  return Array.from({ length: count }, (_, c) => ({
    visible: c < CHANNEL_COLOURS.length,
    low: isRgb ? 0 : null,
    high: isRgb ? 255 : null,
    colour: count === 1 ? '#ffffff' : (palette[c % palette.length] ?? '#ffffff'),
    gamma: 1,
    lookup: 'colour' as const,
  }));
}

/** Changes how one channel of one image is shown. */
export function updateChannel(imageId: number, channel: number, change: Partial<ChannelSetting>): void {
  useWorkspace.setState((state) => {
    const settings = state.channels[imageId];
    if (!settings) return state;
    const next = settings.map((setting, c) => (c === channel ? { ...setting, ...change } : setting));
    return { channels: { ...state.channels, [imageId]: next } };
  });
}

/** The one canvas's place of the image on the screen. */
export const viewport = new Viewport();

/** Level of detail that suits the present zoom, of a plane with so many levels: never coarser than the screen. */
export function viewLevel(levels: number): number {
  return levelForScale(viewport.scale * (globalThis.devicePixelRatio || 1), levels);
}

/** What the pointer is over; changes with every move and is read by the status line only. */
export interface PointerPixel {
  x: number;
  y: number;
}

export const usePointerPixel = create<{ pixel: PointerPixel | null }>(() => ({ pixel: null }));
