/** The computation graph under construction: ONNX nodes with shared sub-expressions, and a tape of differentiable ops. */

import type { ElementType, Value, ValueType } from './value.ts';

/** An attribute of an ONNX node; `{ float }` marks a number that ONNX stores as a float. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** One ONNX operator call, by names. */
export interface GraphNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A tensor that is stored in the model. */
export interface Initialiser {
  readonly value: Value;
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array;
}

/** What an op's gradient is given. */
export interface GradientContext<Attributes> {
  readonly graph: Graph;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
  /** dE/d(output), one per output; null where the loss does not depend on it. */
  readonly outputGradients: readonly (Value | null)[];
  /** Which inputs' gradients are asked for; for the others nothing may be emitted. */
  readonly wanted: readonly boolean[];
}

/**
 * A differentiable operation: one row of the table of ops.
 * `infer` checks the inputs and gives the outputs' types, `emit` builds the forward nodes, `gradient` the backward
 * nodes (one gradient per input, null where it was not wanted).
 */
export interface Op<Attributes> {
  readonly name: string;
  infer(inputs: readonly Value[], attributes: Attributes): readonly ValueType[];
  emit(
    graph: Graph,
    inputs: readonly Value[],
    attributes: Attributes,
    types: readonly ValueType[],
  ): readonly Value[];
  gradient(context: GradientContext<Attributes>): readonly (Value | null)[];
}

/** One use of an op, with its attributes bound. */
export interface Application {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly gradient: (
    graph: Graph,
    outputGradients: readonly (Value | null)[],
    wanted: readonly boolean[],
  ) => readonly (Value | null)[];
}

/** Constants with at most this many elements are shared by content. */
const SHARED_CONSTANT_ELEMENTS = 64;

/** A graph that grows by `apply` (differentiable ops) and `node` (raw ONNX operators). */
export class Graph {
  readonly inputs: Value[] = [];
  readonly initialisers: Initialiser[] = [];
  readonly nodes: GraphNode[] = [];
  readonly outputs: { readonly name: string; readonly value: Value }[] = [];
  readonly applications: Application[] = [];
  /** Element type and shape of every value, by name. */
  readonly types = new Map<string, ValueType>();
  readonly #shared = new Map<string, readonly Value[]>();
  #count = 0;

  /** A value that is fed on each run. */
  input(name: string, type: ElementType, shape: readonly number[]): Value {
    const value: Value = { name, type, shape };
    this.inputs.push(value);
    this.types.set(name, value);
    return value;
  }

  /** A float32 tensor stored in the model under its own name (weights of an exported network). */
  weight(name: string, shape: readonly number[], data: Float32Array): Value {
    const value: Value = { name, type: 'float32', shape };
    this.initialisers.push({ value, data });
    this.types.set(name, value);
    return value;
  }

  /** A small constant; equal constants are stored once. `shape` defaults to one axis. */
  constant(type: ElementType, values: readonly number[], shape: readonly number[] = [values.length]): Value {
    const make = (): Value[] => {
      const value: Value = { name: this.#name('constant'), type, shape };
      this.initialisers.push({ value, data: storeAs(type, values) });
      this.types.set(value.name, value);
      return [value];
    };
    if (values.length > SHARED_CONSTANT_ELEMENTS) return make()[0]!;
    return this.#share(
      `constant ${type} ${shape.join('x')} ${values.map((v) => (Object.is(v, -0) ? '-0' : v)).join(',')}`,
      make,
    )[0]!;
  }

  /** One ONNX operator call with one output. The same call on the same inputs gives the same value. */
  node(
    opType: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
    type: ValueType,
  ): Value {
    return this.manyOutputs(opType, inputs, attributes, [type])[0]!;
  }

  /** One ONNX operator call with several outputs. */
  manyOutputs(
    opType: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
    types: readonly ValueType[],
  ): readonly Value[] {
    const key = `node ${opType} ${inputs.map((value) => value.name).join(' ')} ${JSON.stringify(attributes)}`;
    return this.#share(key, () => {
      const outputs = types.map(
        (type): Value => ({ name: this.#name(opType), type: type.type, shape: type.shape }),
      );
      for (const output of outputs) this.types.set(output.name, output);
      this.nodes.push({
        opType,
        inputs: inputs.map((value) => value.name),
        outputs: outputs.map((value) => value.name),
        attributes,
      });
      return outputs;
    });
  }

  /** Uses a differentiable op. The same op on the same inputs gives the same values. */
  apply<Attributes>(op: Op<Attributes>, inputs: readonly Value[], attributes: Attributes): readonly Value[] {
    const key = `apply ${op.name} ${inputs.map((value) => value.name).join(' ')} ${JSON.stringify(attributes)}`;
    return this.#share(key, () => {
      const outputs = op.emit(this, inputs, attributes, op.infer(inputs, attributes));
      this.applications.push({
        inputs,
        outputs,
        gradient: (graph, outputGradients, wanted) =>
          op.gradient({ graph, inputs, outputs, attributes, outputGradients, wanted }),
      });
      return outputs;
    });
  }

  /** Makes a value an output of the model under `name`. */
  output(name: string, value: Value): void {
    this.outputs.push({ name, value });
  }

  #share(key: string, make: () => readonly Value[]): readonly Value[] {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const values = make();
    this.#shared.set(key, values);
    return values;
  }

  #name(stem: string): string {
    this.#count += 1;
    return `${stem}_${this.#count}`;
  }
}

function storeAs(type: ElementType, values: readonly number[]): Initialiser['data'] {
  switch (type) {
    case 'float32':
      return Float32Array.from(values);
    case 'float64':
      return Float64Array.from(values);
    case 'int32':
      return Int32Array.from(values);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(values);
    case 'int64':
      return BigInt64Array.from(values, (value) => BigInt(value));
  }
}
