/** Entry of a short-lived process that tries a device: a driver that aborts ends this process, not the engine. */

import { Graph } from '../graph/graph.ts';
import { add } from '../graph/nodes.ts';
import { encodeModel } from '../onnx/encodeModel.ts';
import { loadTensorflow } from '../tfjs/tensorflow.ts';
import { adapterOf } from './adapter.ts';
import { createSession } from './ort.ts';
import { type ProbeReport, type ProbeRequest, parseProbeRequest } from './probeProtocol.ts';
import { timeTrainingStep } from './timeTrainingStep.ts';

async function probe({ device, threads, time }: ProbeRequest): Promise<ProbeReport> {
  if (device === 'tfjs') {
    const { description, plain, reason } = await loadTensorflow();
    return { ok: true, adapter: { description, software: plain }, milliseconds: null, macs: null, reason };
  }
  const graph = new Graph();
  const x = graph.input('x', 'float32', [1]);
  graph.output('y', add(graph, x, x));
  const session = await createSession(encodeModel(graph), { device, threads });
  await session.release();
  const adapter = adapterOf(device);
  // A software adapter is slow beyond use; its time would tell nothing.
  if (time === null || adapter.software)
    return { ok: true, adapter, milliseconds: null, macs: null, reason: null };
  return {
    ok: true,
    adapter,
    ...(await timeTrainingStep(time.spec, time.tile, device, threads)),
    reason: null,
  };
}

const request = parseProbeRequest(process.argv[2] ?? '');
try {
  report(await probe(request));
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  report({ ok: false, adapter: null, milliseconds: null, macs: null, reason });
}

function report(answer: ProbeReport): void {
  process.send?.(answer, () => process.exit(0));
}
