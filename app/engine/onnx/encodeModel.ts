/** A finished graph as an ONNX model file (onnx.proto3, IR version 8, opset 17). */

import type { Attribute, Graph, GraphNode, Initialiser } from '../graph/graph.ts';
import { keepLiveNodes } from '../graph/liveNodes.ts';
import { onnxTypeOf } from '../graph/nodes.ts';
import { UNKNOWN, type ValueType } from '../graph/value.ts';
import {
  createMessage,
  finishMessage,
  type Message,
  writeBytes,
  writeFloat,
  writeInteger,
  writeMessage,
  writeText,
} from './wire.ts';

const IR_VERSION = 8;
/** 17 is old enough for every runtime in use and has all operators that Limn emits. */
const OPSET = 17;

/** AttributeProto.type. */
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INTEGER = 2;
const ATTRIBUTE_STRING = 3;
const ATTRIBUTE_INTEGERS = 7;

/** TensorProto.data_type. */
const FLOAT32 = 1;
const FLOAT16 = 10;
/** Shorter tensors (biases, statistics) are kept whole: they save nothing and may need the range. */
const SHORTEST_HALVED = 1024;

export interface ModelOptions {
  /** Names of unknown dimensions, by value name; unnamed ones are called after value and axis. */
  readonly dimensionNames?: Readonly<Record<string, readonly string[]>>;
  /** Written to metadata_props. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Stores long float32 tensors as float16, each cast back before it is used; default false. */
  readonly halfPrecision?: boolean;
}

/**
 * Encodes what the graph's outputs depend on. Tensors of the graph are copied once, into the result.
 */
export function encodeModel(graph: Graph, options: ModelOptions = {}): Uint8Array {
  const live = keepLiveNodes(graph);
  const outputNames = nameOutputs(graph);
  const body = createMessage();
  const halved = new Set(options.halfPrecision === true ? live.initialisers.filter(isHalved) : []);
  const names = new Map(outputNames);
  for (const { value } of halved) {
    const whole = `${value.name}_float32`;
    names.set(value.name, whole);
    const cast = { opType: 'Cast', inputs: [value.name], outputs: [whole], attributes: { to: FLOAT32 } };
    writeMessage(body, 1, encodeNode(cast, new Map()));
  }
  for (const node of live.nodes) writeMessage(body, 1, encodeNode(node, names));
  for (const { name, value } of graph.outputs) {
    if (outputNames.get(value.name) === name) continue;
    const from = names.get(value.name) ?? value.name;
    const identity = { opType: 'Identity', inputs: [from], outputs: [name], attributes: {} };
    writeMessage(body, 1, encodeNode(identity, new Map()));
  }
  writeText(body, 2, 'limn');
  for (const initialiser of live.initialisers)
    writeMessage(body, 5, encodeTensor(initialiser, halved.has(initialiser)));
  for (const value of live.inputs) writeMessage(body, 11, encodeValueInfo(value.name, value, options));
  for (const { name, value } of graph.outputs) writeMessage(body, 12, encodeValueInfo(name, value, options));

  const opset = createMessage();
  writeInteger(opset, 2, OPSET);
  const model = createMessage();
  writeInteger(model, 1, IR_VERSION);
  writeText(model, 2, 'limn');
  writeMessage(model, 7, body);
  writeMessage(model, 8, opset);
  for (const [key, value] of Object.entries(options.metadata ?? {})) {
    const entry = createMessage();
    writeText(entry, 1, key);
    writeText(entry, 2, value);
    writeMessage(model, 14, entry);
  }
  return finishMessage(model);
}

/** New names of computed values that are outputs; a value that is output twice keeps its first name. */
function nameOutputs(graph: Graph): Map<string, string> {
  const computed = new Set(graph.nodes.flatMap((node) => node.outputs));
  const names = new Map<string, string>();
  for (const { name, value } of graph.outputs) {
    if (computed.has(value.name) && !names.has(value.name)) names.set(value.name, name);
  }
  return names;
}

function encodeNode(node: GraphNode, names: ReadonlyMap<string, string>): Message {
  const message = createMessage();
  for (const input of node.inputs) writeText(message, 1, names.get(input) ?? input);
  for (const output of node.outputs) writeText(message, 2, names.get(output) ?? output);
  writeText(message, 3, node.outputs[0] ?? node.opType);
  writeText(message, 4, node.opType);
  for (const [name, value] of Object.entries(node.attributes))
    writeMessage(message, 5, encodeAttribute(name, value));
  return message;
}

function encodeAttribute(name: string, value: Attribute): Message {
  const message = createMessage();
  writeText(message, 1, name);
  if (typeof value === 'number') {
    writeInteger(message, 3, value);
    writeInteger(message, 20, ATTRIBUTE_INTEGER);
  } else if (typeof value === 'string') {
    writeText(message, 4, value);
    writeInteger(message, 20, ATTRIBUTE_STRING);
  } else if ('float' in value) {
    writeFloat(message, 2, value.float);
    writeInteger(message, 20, ATTRIBUTE_FLOAT);
  } else {
    for (const item of value) writeInteger(message, 8, item);
    writeInteger(message, 20, ATTRIBUTE_INTEGERS);
  }
  return message;
}

function encodeTensor({ value, data }: Initialiser, asHalf: boolean): Message {
  const message = createMessage();
  for (const size of value.shape) writeInteger(message, 1, size);
  writeInteger(message, 2, asHalf ? FLOAT16 : onnxTypeOf(value.type));
  writeText(message, 8, value.name);
  const stored = asHalf ? Float16Array.from(data as Float32Array) : data;
  writeBytes(message, 9, new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
  return message;
}

function isHalved({ data }: Initialiser): boolean {
  return data instanceof Float32Array && data.length >= SHORTEST_HALVED;
}

function encodeValueInfo(name: string, type: ValueType, options: ModelOptions): Message {
  const shape = createMessage();
  for (const [axis, size] of type.shape.entries()) {
    const dimension = createMessage();
    if (size === UNKNOWN)
      writeText(dimension, 2, options.dimensionNames?.[name]?.[axis] ?? `${name}_${axis}`);
    else writeInteger(dimension, 1, size);
    writeMessage(shape, 1, dimension);
  }
  const tensor = createMessage();
  writeInteger(tensor, 1, onnxTypeOf(type.type));
  writeMessage(tensor, 2, shape);
  const typeMessage = createMessage();
  writeMessage(typeMessage, 1, tensor);
  const info = createMessage();
  writeText(info, 1, name);
  writeMessage(info, 2, typeMessage);
  return info;
}
