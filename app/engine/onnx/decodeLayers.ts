/** Convolutions and fully connected layers of any ONNX file, in the order in which it runs them: what a backbone is read from. */

import { decodeTensor, packedNumbers, type StoredTensor } from './decodeModel.ts';
import { readFields } from './wire.ts';

/** A layer with its weights. */
export interface FileLayer {
  /** Name of its weights in the file. */
  readonly name: string;
  readonly kind: 'convolution' | 'fully connected';
  /** [filters, channels / groups, side, side] of a convolution, [outputs, inputs] of a fully connected layer. */
  readonly shape: readonly number[];
  readonly kernel: Float32Array;
  readonly bias: Float32Array | null;
}

interface FileNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly numbers: ReadonlyMap<string, number>;
  readonly lists: ReadonlyMap<string, readonly number[]>;
  /** Tensor of a Constant. */
  readonly value: StoredTensor | null;
}

const utf8 = new TextDecoder();

function decodeNode(bytes: Uint8Array): FileNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const numbers = new Map<string, number>();
  const lists = new Map<string, number[]>();
  let opType = '';
  let value: StoredTensor | null = null;
  for (const { field, bytes: data } of readFields(bytes)) {
    if (field === 1) inputs.push(utf8.decode(data));
    else if (field === 2) outputs.push(utf8.decode(data));
    else if (field === 4) opType = utf8.decode(data);
    else if (field === 5) {
      let name = '';
      const list: number[] = [];
      for (const part of readFields(data)) {
        if (part.field === 1) name = utf8.decode(part.bytes);
        else if (part.field === 3) numbers.set(name, part.number);
        else if (part.field === 5) value = decodeTensor(part.bytes);
        else if (part.field === 8 && part.bytes.length === 0) list.push(part.number);
        else if (part.field === 8) list.push(...packedNumbers(part.bytes));
      }
      lists.set(name, list);
    }
  }
  return { opType, inputs, outputs, numbers, lists, value };
}

/** [rows, columns] → [columns, rows]. */
function transposeMatrix({ name, shape, data }: StoredTensor): StoredTensor {
  const [rows, columns] = shape as [number, number];
  const turned = new Float32Array(data.length);
  for (let r = 0; r < rows; r += 1)
    for (let c = 0; c < columns; c += 1) turned[c * rows + r] = data[r * columns + c]!;
  return { name, shape: [columns, rows], data: turned };
}

/**
 * Reads the layers of a classifier. Weights may be initialisers or constants, and be renamed or transposed on their way.
 *
 * @throws Error where the bytes are no ONNX file or its weights are kept outside it
 */
export function decodeLayers(bytes: Uint8Array): FileLayer[] {
  const tensors = new Map<string, StoredTensor>();
  const nodes: FileNode[] = [];
  let hasGraph = false;
  for (const { field, bytes: graph } of readFields(bytes)) {
    if (field !== 7) continue;
    hasGraph = true;
    for (const { field: part, bytes: data } of readFields(graph)) {
      if (part === 1) nodes.push(decodeNode(data));
      const tensor = part === 5 ? decodeTensor(data) : null;
      if (tensor !== null) tensors.set(tensor.name, tensor);
    }
  }
  if (!hasGraph) throw new Error('There is no graph in it.');
  for (const node of nodes) passOn(node, tensors);
  return nodes.flatMap((node) => layerOf(node, nodes, tensors) ?? []);
}

/** Follows a stored tensor through a node that only renames, stores or transposes it. */
function passOn(node: FileNode, tensors: Map<string, StoredTensor>): void {
  const [output] = node.outputs;
  if (output === undefined) return;
  const source = tensors.get(node.inputs[0] ?? '');
  if (node.opType === 'Constant' && node.value !== null) tensors.set(output, { ...node.value, name: output });
  else if (node.opType === 'Identity' && source !== undefined) tensors.set(output, source);
  else if (node.opType === 'Transpose' && source?.shape.length === 2) {
    const order = node.lists.get('perm') ?? [1, 0];
    tensors.set(output, order[0] === 1 ? transposeMatrix(source) : source);
  }
}

function layerOf(
  node: FileNode,
  nodes: readonly FileNode[],
  tensors: ReadonlyMap<string, StoredTensor>,
): FileLayer | null {
  const weights = tensors.get(node.inputs[1] ?? '');
  if (weights === undefined) return null;
  const { name } = weights;
  if (node.opType === 'Conv' && weights.shape.length === 4) {
    const bias = tensors.get(node.inputs[2] ?? '')?.data ?? null;
    return { name, kind: 'convolution', shape: weights.shape, kernel: weights.data, bias };
  }
  const isGemm = node.opType === 'Gemm';
  if ((!isGemm && node.opType !== 'MatMul') || weights.shape.length !== 2) return null;
  const { shape, data } = node.numbers.get('transB') === 1 ? weights : transposeMatrix(weights);
  const bias = isGemm ? tensors.get(node.inputs[2] ?? '') : biasAfter(node, nodes, tensors);
  return { name, kind: 'fully connected', shape, kernel: data, bias: bias?.data ?? null };
}

/** The stored tensor that is added to the output of a matrix product. */
function biasAfter(
  { outputs }: FileNode,
  nodes: readonly FileNode[],
  tensors: ReadonlyMap<string, StoredTensor>,
): StoredTensor | undefined {
  const sum = nodes.find(({ opType, inputs }) => opType === 'Add' && inputs.includes(outputs[0] ?? ''));
  const other = sum?.inputs.find((name) => name !== outputs[0]);
  return other === undefined ? undefined : tensors.get(other);
}
