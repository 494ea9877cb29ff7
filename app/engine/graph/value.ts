/** Values of the computation graph: named tensors with an element type and a shape, known before anything runs. */

/** Element types that Limn's graphs use; the names are ONNX's. */
export type ElementType = 'float32' | 'float64' | 'uint8' | 'int32' | 'int64' | 'bool';

/** A dimension that is only known when the graph runs (height and width of an exported model). */
export const UNKNOWN = -1;

/** Element type and shape of a value, outermost axis first; a dimension may be {@link UNKNOWN}. */
export interface ValueType {
  readonly type: ElementType;
  readonly shape: readonly number[];
}

/** One tensor of a graph. */
export interface Value extends ValueType {
  readonly name: string;
}

/** Number of elements of a shape. Throws if a dimension is unknown. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dimension of shape) {
    if (dimension === UNKNOWN)
      throw new Error(`The size of ${formatShape(shape)} is not known before the graph runs.`);
    size *= dimension;
  }
  return size;
}

/** `[1, 64, ?, ?]`, for messages. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.map((dimension) => (dimension === UNKNOWN ? '?' : String(dimension))).join(', ')}]`;
}

/** Whether two shapes are the same, dimension by dimension. */
export function equalShapes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** Dimension `axis` of a value, counted from the end where negative. Throws where the value has no such axis. */
export function dimension(value: ValueType, axis: number): number {
  const size = value.shape.at(axis);
  if (size === undefined)
    throw new Error(`A value of shape ${formatShape(value.shape)} has no axis ${axis}.`);
  return size;
}

/** Shape of an elementwise operator on both shapes, by NumPy's broadcasting rule. Throws where they do not fit. */
export function broadcastShapes(a: readonly number[], b: readonly number[], opType: string): number[] {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const own = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (own === right || right === 1) shape.push(own);
    else if (own === 1) shape.push(right);
    else if (own === UNKNOWN) shape.push(right);
    else if (right === UNKNOWN) shape.push(own);
    else throw new Error(`${opType}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast.`);
  }
  return shape;
}

/** Type of an elementwise operator on two values of one element type. */
export function broadcastType(a: ValueType, b: ValueType, opType: string): ValueType {
  return { type: a.type, shape: broadcastShapes(a.shape, b.shape, opType) };
}
