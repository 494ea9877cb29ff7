/** Runs inside the page before anything else: reads the canvas back after every frame and tells when its pixels have changed. */

/** When an event's frame was done. Times in ms of the page's clock. */
export interface FrameReading {
  /** The event's own timestamp. */
  event: number;
  /** The frame's callbacks had run; the pixels were not yet read. */
  drawn: number;
  /** The pixels were read back and had changed. */
  seen: number;
}

/** A square of the canvas that is watched, CSS px of the page. */
export interface WatchedSquare {
  x: number;
  y: number;
  side: number;
}

export interface Probe {
  /** What was armed before an event and is awaited after it, so that the event cannot come first. */
  pending: Promise<unknown> | null;
  /**
   * Resolves with the first frame after the next event of that type in which the square's pixels differ from now; null if
   * they have not changed after three seconds.
   */
  watch(type: string, square: WatchedSquare): Promise<FrameReading | null>;
  /**
   * Resolves with the time of the last change of the whole canvas, once it has kept still for `stillMs`; looks from the
   * next event of that type on (whose time it gives, too), or from now on.
   */
  lastChange(stillMs: number, type: string | null): Promise<{ event: number; changed: number }>;
  /** Counts the time from an event of that type to the answer of the next request to a path that ends so. */
  timeAnswer(type: string, pathEnd: string): Promise<number>;
  /** Starts collecting the time between frames. */
  startFrames(): void;
  /** Gaps between frames since the start, ms. */
  stopFrames(): number[];
}

declare global {
  interface Window {
    limnProbe?: Probe;
  }
}

/** Self-contained: it is sent to the page as text. */
export function installProbe(): void {
  const copy = document.createElement('canvas');
  const region = () => document.querySelector('section[aria-label="Image canvas"]');

  /** A hash of what the canvases show in a square (or everywhere, small), as it is composed on the screen. */
  const readBack = (square: { x: number; y: number; side: number } | null): number => {
    const section = region();
    if (!section) return 0;
    const box = section.getBoundingClientRect();
    const side = square ? square.side : 96;
    copy.width = side;
    copy.height = side;
    const context = copy.getContext('2d', { willReadFrequently: true });
    if (!context) return 0;
    for (const canvas of section.querySelectorAll('canvas')) {
      const at = canvas.getBoundingClientRect();
      if (at.width === 0 || canvas.width === 0) continue;
      const scale = canvas.width / at.width;
      if (square) {
        const [left, top] = [(square.x - at.left) * scale, (square.y - at.top) * scale];
        context.drawImage(canvas, left, top, side * scale, side * scale, 0, 0, side, side);
      } else context.drawImage(canvas, 0, 0, canvas.width, canvas.height, 0, 0, side, side);
    }
    if (!square && box.width === 0) return 0;
    const words = new Uint32Array(context.getImageData(0, 0, side, side).data.buffer);
    let hash = 2166136261;
    for (const word of words) hash = Math.imul(hash ^ word, 16777619);
    return hash >>> 0;
  };

  /** Runs `look` once after each frame's callbacks until it is satisfied. */
  const afterFrames = (look: (drawn: number) => boolean) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      if (!look(performance.now())) requestAnimationFrame(() => channel.port2.postMessage(0));
    };
    requestAnimationFrame(() => channel.port2.postMessage(0));
  };

  let frames: number[] | null = null;
  window.limnProbe = {
    pending: null,
    watch: (type, square) =>
      new Promise((resolve) => {
        const before = readBack(square);
        const onEvent = (event: Event) => {
          window.removeEventListener(type, onEvent, true);
          performance.mark('limn-event', { startTime: event.timeStamp });
          afterFrames((drawn) => {
            if (drawn - event.timeStamp > 3000) {
              resolve(null);
              return true;
            }
            if (readBack(square) === before) return false;
            const seen = performance.now();
            performance.mark('limn-drawn', { startTime: drawn });
            resolve({ event: event.timeStamp, drawn, seen });
            return true;
          });
        };
        window.addEventListener(type, onEvent, true);
      }),
    lastChange: (stillMs, type) =>
      new Promise((resolve) => {
        const follow = (event: number) => {
          let hash = 0;
          let changed = performance.now();
          afterFrames(() => {
            const now = readBack(null);
            if (now !== hash) changed = performance.now();
            hash = now;
            if (hash === 0 || performance.now() - changed < stillMs) return false;
            resolve({ event, changed });
            return true;
          });
        };
        if (type === null) follow(performance.now());
        else {
          const options = { capture: true, once: true };
          window.addEventListener(type, (event) => follow(event.timeStamp), options);
        }
      }),
    timeAnswer: (type, pathEnd) =>
      new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error(`No answer of ${pathEnd} within a minute after ${type}.`)), 60_000);
        let started = 0;
        const onEvent = (event: Event) => {
          window.removeEventListener(type, onEvent, true);
          started = event.timeStamp;
        };
        window.addEventListener(type, onEvent, true);
        const plain = window.fetch;
        window.fetch = async (input, init) => {
          const answer = await plain(input, init);
          const path = new URL(input instanceof Request ? input.url : String(input), location.href).pathname;
          if (started > 0 && path.endsWith(pathEnd)) {
            window.fetch = plain;
            resolve(performance.now() - started);
          }
          return answer;
        };
      }),
    startFrames: () => {
      const gaps: number[] = [];
      frames = gaps;
      let last = performance.now();
      const tick = (now: number) => {
        if (frames !== gaps) return;
        gaps.push(now - last);
        last = now;
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    },
    stopFrames: () => {
      const gaps = frames ?? [];
      frames = null;
      return gaps;
    },
  };
}
