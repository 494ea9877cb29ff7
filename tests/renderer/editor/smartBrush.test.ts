import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SmartBrushTool } from '../../../renderer/editor/tools/smartBrushTool.ts';
import { PaintingBench } from './painting.ts';

const shape = { y: 80, x: 120 };

/** A bright disk of 20 px radius around (40, 40) and a bright bar from x = 64 on, with noise of a twentieth of the window. */
function bench(): PaintingBench {
  const host = new PaintingBench(shape);
  const isBright = (x: number, y: number): boolean => (x - 40) ** 2 + (y - 40) ** 2 <= 400 || x >= 64;
  const noise = (x: number, y: number): number => ((x * 7919 + y * 104729) % 101) / 2;
  host.grey = {
    area: { x: 0, y: 0, w: shape.x, h: shape.y },
    at: (x, y) => (isBright(x, y) ? 900 : 100) + noise(x, y),
    window: 1000,
  };
  host.brushDiameterPx = 30;
  return host;
}

/** Painted pixels inside and outside of the bright disk. */
function painted(host: PaintingBench): { inside: number; outside: number } {
  const result = { inside: 0, outside: 0 };
  for (let y = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; x++) {
      if (host.document.at(x, y) < 2) continue;
      if ((x - 40) ** 2 + (y - 40) ** 2 <= 400) result.inside++;
      else result.outside++;
    }
  }
  return result;
}

test('a stroke along the border fills the object and stops at its edge', () => {
  const host = bench();
  host.drag(new SmartBrushTool(host), [40, 40], [54, 40], [40, 54], [26, 40], [40, 26], [52, 32]);
  const { inside, outside } = painted(host);
  assert.equal(outside, 0);
  assert.ok(inside > 0.85 * Math.PI * 400, `${inside}`);
  assert.equal(host.session.objects.length, 1);
});

test('without an edge it is a round brush, which Alt makes it anywhere', () => {
  const host = bench();
  host.drag(new SmartBrushTool(host), [95, 40]);
  let pixels = 0;
  for (let y = 0; y < shape.y; y++)
    for (let x = 70; x < 120; x++) pixels += Number(host.document.at(x, y) >= 2);
  assert.ok(Math.abs(pixels - Math.PI * 225) < 30, `${pixels}`);
  const over = bench();
  const tool = new SmartBrushTool(over);
  tool.pointerDown({ x: 54, y: 40, pressure: 1 });
  tool.pointerMove({ x: 55, y: 40, pressure: 1, alternate: true });
  tool.pointerUp({ x: 55, y: 40, pressure: 1 });
  assert.ok(painted(over).outside > 100);
});

test('Escape takes the stroke back, and without grey values nothing is painted', () => {
  const host = bench();
  const tool = new SmartBrushTool(host);
  tool.pointerDown({ x: 40, y: 40, pressure: 1 });
  assert.ok(painted(host).inside > 0);
  tool.cancel();
  assert.deepEqual(painted(host), { inside: 0, outside: 0 });
  host.grey = null;
  host.drag(tool, [40, 40]);
  assert.deepEqual(host.refusals, ['pixels-loading']);
});
