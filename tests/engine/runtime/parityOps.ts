/** Test support, run as a process: value and gradients of each op's first test cases on the device named first, as JSON. */

import { emitGradients } from '../../../app/engine/graph/gradients.ts';
import { Graph } from '../../../app/engine/graph/graph.ts';
import { sizeOf } from '../../../app/engine/graph/value.ts';
import { generalOpCases } from '../graph/generalOpCases.ts';
import { type Numbers, project, runGraph, wave } from '../graph/runGraph.ts';
import { unetOpCases } from '../graph/unetOpCases.ts';

const device = process.argv[2] === 'webgpu' ? 'webgpu' : 'cpu';
/** Cases of one op that are run: compiling their shaders takes a software adapter seconds. */
const MOST_CASES = 3;
const seen = new Map<string, number>();
const results: Record<string, number[]> = {};
for (const { op, title, shapes, build, extra, data: dataOf } of [...unetOpCases, ...generalOpCases]) {
  const count = (seen.get(op) ?? 0) + 1;
  seen.set(op, count);
  if (count > MOST_CASES) continue;
  const graph = new Graph();
  const values = shapes.map((shape, index) => graph.input(`input${index}`, 'float32', shape));
  const fixed = extra?.(graph) ?? { values: [], feeds: {} };
  const y = build(graph, [...values, ...fixed.values]);
  const { loss, direction } = project(graph, y);
  graph.output('y', y);
  for (const [index, gradient] of emitGradients(graph, loss, values).entries())
    graph.output(`gradient${index}`, gradient!);
  const feeds: Record<string, Numbers> = { ...fixed.feeds, direction };
  for (const [index, shape] of shapes.entries())
    feeds[`input${index}`] = dataOf?.(index, sizeOf(shape)) ?? wave(sizeOf(shape), index + 1);
  const out = await runGraph(graph, feeds, device);
  for (const [name, numbers] of Object.entries(out)) results[`${op} ${title} ${name}`] = [...numbers];
}
process.send!(results, () => process.exit(0));
