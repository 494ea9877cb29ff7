/** The one table of network kinds: what a network must tell so that it can be trained, tiled, predicted with, exported and probed. */

import { z } from 'zod';
import type { Value } from '../graph/value.ts';
import {
  BACKBONES,
  type FcnSpec,
  type NetworkSpec,
  type PatchClassifierSpec,
  type UnetSpec,
} from '../modelDescription.ts';
import { emitFcn } from './fcn.ts';
import * as fcnGeometry from './fcnGeometry.ts';
import type { NetworkScope } from './networkScope.ts';
import * as patches from './patchClassifier.ts';
import { emitUnet } from './unet.ts';
import * as unetGeometry from './unetGeometry.ts';

/** One row of the table: a kind of network. */
interface NetworkKind<Spec> {
  /** Checks a specification that was read from a file or from another process. */
  readonly schema: z.ZodType<Spec>;
  /** image: [batch, inputChannels, height, width] → logits: [batch, classes, height − 2 · border, width − 2 · border]. */
  emit(scope: NetworkScope, spec: Spec, image: Value): Value;
  /** Offsets of tiles move in these steps, px, so that each tile sees the grid of the whole image. */
  poolingMultiple(spec: Spec): number;
  /** (input − output) / 2 of the network itself, px. */
  validBorderPx(spec: Spec): number;
  /** Context on each side of a predicted pixel with which tiles give what the whole image would, px. */
  marginPx(spec: Spec): number;
  /** Smallest side that the network takes and that is at least `sidePx`. */
  inputSideFor(spec: Spec, sidePx: number): number;
  /** Side of the output. Throws InvalidInput for an input side that does not fit, and names one that does. */
  outputSideOf(spec: Spec, inputSidePx: number): number;
  /** Names of the parameters that give the classes, of which the rest are the features. */
  readonly outputLayers: RegExp;
  /** The same kind of network, small enough to time in a moment. */
  probe(spec: Spec): Spec;
  /** The network as it predicts whole planes, where that is another one than the trained. */
  forPrediction?(spec: Spec): Spec;
}

type SpecOf<Kind> = Extract<NetworkSpec, { kind: Kind }>;

const count = z.number().int().min(1);
/** What every specification has. */
const common = {
  baseFilters: count,
  inputChannels: count,
  classes: count.min(2),
  dropout: z.number().min(0).lt(1),
};

const PROBE_DEPTH = 3;
const PROBE_FILTERS = 32;
/** The smallest input of an FCN has several hundred pixels a side. */
const FCN_PROBE_FILTERS = 8;

const unet: NetworkKind<UnetSpec> = {
  schema: z.object({
    kind: z.literal('unet'),
    padding: z.enum(['valid', 'same']),
    depth: count.max(8),
    normalisation: z.enum(['none', 'batch', 'instance', 'group']),
    ...common,
  }),
  emit: emitUnet,
  ...unetGeometry,
  outputLayers: /^score\./,
  probe: (spec) => ({
    ...spec,
    depth: Math.min(spec.depth, PROBE_DEPTH),
    baseFilters: Math.min(spec.baseFilters, PROBE_FILTERS),
    dropout: 0,
  }),
};

const fcn: NetworkKind<FcnSpec> = {
  schema: z.object({
    kind: z.literal('fcn'),
    backbone: z.enum(BACKBONES),
    finestStride: z.literal([32, 16, 8]),
    ...common,
  }),
  emit: emitFcn,
  ...fcnGeometry,
  outputLayers: /^(score|upsample)\d*\./,
  probe: (spec) => ({ ...spec, baseFilters: Math.min(spec.baseFilters, FCN_PROBE_FILTERS), dropout: 0 }),
};

const patchClassifier: NetworkKind<PatchClassifierSpec> = {
  schema: z.object({
    kind: z.literal('patch-classifier'),
    evaluation: z.enum(['sliding-window', 'shift-and-stitch']),
    ...common,
  }),
  emit: patches.emitPatchClassifier,
  ...patches,
  outputLayers: /^score\./,
  probe: (spec) => ({ ...spec, baseFilters: Math.min(spec.baseFilters, PROBE_FILTERS), dropout: 0 }),
  forPrediction: (spec) => ({ ...spec, evaluation: 'shift-and-stitch' }),
};

const KINDS: { readonly [Kind in NetworkSpec['kind']]: NetworkKind<SpecOf<Kind>> } = {
  unet,
  fcn,
  'patch-classifier': patchClassifier,
};

function kindOf(spec: NetworkSpec): NetworkKind<NetworkSpec> {
  return KINDS[spec.kind] as NetworkKind<NetworkSpec>;
}

/** Any network's specification. */
export const networkSchema: z.ZodType<NetworkSpec> = z.union(
  Object.values(KINDS).map(({ schema }) => schema),
);

/** image: [batch, inputChannels, height, width] → logits: [batch, classes, height − 2 · border, width − 2 · border]. */
export function emitNetwork(scope: NetworkScope, spec: NetworkSpec, image: Value): Value {
  return kindOf(spec).emit(scope, spec, image);
}

/** Offsets of tiles move in these steps, px: 16 for the paper's U-Net. */
export function poolingMultiple(spec: NetworkSpec): number {
  return kindOf(spec).poolingMultiple(spec);
}

/** (input − output) / 2 of the network itself, px: 92 for the paper's U-Net, 0 for padded ones. */
export function validBorderPx(spec: NetworkSpec): number {
  return kindOf(spec).validBorderPx(spec);
}

/** Context on each side of a predicted pixel with which tiles give what the whole image would, px. */
export function marginPx(spec: NetworkSpec): number {
  return kindOf(spec).marginPx(spec);
}

/** Smallest side that the network takes and that is at least `sidePx`. */
export function inputSideFor(spec: NetworkSpec, sidePx: number): number {
  return kindOf(spec).inputSideFor(spec, sidePx);
}

/** Side of the network's output. Throws InvalidInput for an input side that does not fit, and names one that does. */
export function outputSideOf(spec: NetworkSpec, inputSidePx: number): number {
  return kindOf(spec).outputSideOf(spec, inputSidePx);
}

/** The same kind of network, small enough to time in a moment. */
export function probeNetwork(spec: NetworkSpec): NetworkSpec {
  return kindOf(spec).probe(spec);
}

/** The network that predicts whole planes with the weights of a trained one. */
export function networkForPrediction(spec: NetworkSpec): NetworkSpec {
  return kindOf(spec).forPrediction?.(spec) ?? spec;
}

/** Whether a parameter belongs to the layers that give the classes: the scores, and an FCN's upsampling between them. */
export function isOutputLayer(spec: NetworkSpec, parameter: string): boolean {
  return kindOf(spec).outputLayers.test(parameter);
}
