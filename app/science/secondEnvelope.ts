/** The two lowest parabolas of different labels over one row: the row half of the two-nearest-objects distance transform. */

/**
 * Lower envelope, and lower envelope of what bears another label than it, of parabolas `(q - x)² + height` at the
 * integers q = 0…width-1.
 *
 * Parabolas of equal curvature compare like lines `constant - 2xq` with `constant = height + x²`. Inserted by ascending
 * x, each new one wins on a suffix `[s, width)` of the first envelope. In the second envelope it wins on a suffix
 * `[t, s)`, and t never lies left of the last change of label before s, because there both envelopes meet and the new
 * line is above them. So only the last run of equal label is touched; what the new line displaces right of s becomes
 * second, except under its own label, where the second stays. Each run keeps its seconds as a linked list that is joined
 * in O(1), so a row costs O(insertions). "No second label here" is a line of infinite constant.
 */
export class SecondEnvelope {
  private readonly width: number;
  // Pieces of the first envelope, a stack from left to right.
  private readonly pieceX: Int32Array;
  private readonly pieceConstant: Float64Array;
  private readonly pieceStart: Int32Array;
  private pieces = 0;
  // Runs of pieces of one label, a stack; each has a list of nodes, linked from the last to the first.
  private readonly runLabel: Uint32Array;
  private readonly runFirstPiece: Int32Array;
  private readonly runHead: Int32Array;
  private readonly runTail: Int32Array;
  private runs = 0;
  // Nodes of the second envelope.
  private readonly nodeX: Int32Array;
  private readonly nodeConstant: Float64Array;
  private readonly nodeStart: Int32Array;
  private readonly nodePrevious: Int32Array;
  private nodes = 0;
  // The list of seconds that the line being inserted gathers over its part of the first envelope.
  private gatheredHead = -1;
  private gatheredTail = -1;

  /** @param width number of integer positions; at most two insertions a position */
  constructor(width: number) {
    const lines = 2 * width + 2;
    this.width = width;
    this.pieceX = new Int32Array(lines);
    this.pieceConstant = new Float64Array(lines);
    this.pieceStart = new Int32Array(lines);
    this.runLabel = new Uint32Array(lines);
    this.runFirstPiece = new Int32Array(lines);
    this.runHead = new Int32Array(lines);
    this.runTail = new Int32Array(lines);
    // A line makes at most one node when inserted, one when it leaves the first envelope, one when it is cut, one start.
    this.nodeX = new Int32Array(4 * lines);
    this.nodeConstant = new Float64Array(4 * lines);
    this.nodeStart = new Int32Array(4 * lines);
    this.nodePrevious = new Int32Array(4 * lines);
  }

  /** Forgets all parabolas. */
  clear(): void {
    this.pieces = 0;
    this.runs = 0;
    this.nodes = 0;
  }

  /**
   * Adds one parabola. Positions ascend; a second one at a position goes by {@link insertOther}.
   *
   * @param x position of the apex, 0…width-1
   * @param height value at the apex, finite
   * @param label not 0
   */
  insert(x: number, height: number, label: number): void {
    const { pieceX, pieceConstant, pieceStart } = this;
    const constant = height + x * x;
    if (this.pieces === 0) {
      this.pushPiece(x, constant, 0);
      const node = this.createNode(-1, Infinity, 0);
      this.pushRun(label, 0, node, node);
      return;
    }
    // Where the line goes below the first envelope: pieces from `kept` on, and the end of the one before, are displaced.
    let start = this.width;
    let kept = this.pieces;
    while (kept > 0) {
      const ahead = constant - pieceConstant[kept - 1]!;
      const slope = 2 * (x - pieceX[kept - 1]!);
      const from = pieceStart[kept - 1]!;
      if (ahead >= slope * from) {
        if (ahead < slope * (start - 1)) start = firstBeyond(ahead, slope);
        break;
      }
      kept--;
      start = from;
    }
    const last = this.runs - 1;
    const sameLabel = this.runLabel[last] === label;
    if (start >= this.width) {
      if (!sameLabel) this.insertSecond(x, constant, start);
      return;
    }
    if (sameLabel && kept > this.runFirstPiece[last]!) {
      // The common case: the line goes on from one of its own label, and the seconds stay.
      this.pieces = kept;
      this.pushPiece(x, constant, start);
      return;
    }
    this.replaceEnd(x, constant, label, start, kept);
  }

  /** Adds a parabola of another label at the position of the last insertion, nowhere lower than that one. */
  insertOther(x: number, height: number, label: number): void {
    if (this.runLabel[this.runs - 1] !== label) this.insertSecond(x, height + x * x, this.width);
  }

  /** Puts a line into the place of the first envelope from `start` on, which may end runs of other labels. */
  private replaceEnd(x: number, constant: number, label: number, start: number, kept: number): void {
    this.displace(start, kept, label);
    const last = this.runs - 1;
    const sameLabel = last >= 0 && this.runLabel[last] === label;
    if (!sameLabel && last >= 0) this.insertSecond(x, constant, start);
    this.pieces = kept;
    this.pushPiece(x, constant, start);
    if (sameLabel) this.appendGathered(last);
    else this.pushRun(label, kept, this.gatheredHead, this.gatheredTail);
  }

  /** Gathers the seconds of `[start, width)` for a line of this label, and cuts the runs back to `[0, start)`. */
  private displace(start: number, kept: number, label: number): void {
    const { pieceX, pieceConstant, pieceStart, runFirstPiece } = this;
    this.gatheredHead = -1;
    this.gatheredTail = -1;
    let piece = this.pieces;
    while (this.runs > 0) {
      const run = this.runs - 1;
      const first = runFirstPiece[run]!;
      const whole = pieceStart[first]! >= start;
      if (this.runLabel[run] === label) {
        if (!whole) return;
        this.prependList(this.runHead[run]!, this.runTail[run]!);
        piece = first;
      } else {
        const stop = whole ? first : kept;
        while (piece > stop) {
          piece--;
          this.prependNode(this.createNode(pieceX[piece]!, pieceConstant[piece]!, pieceStart[piece]!));
        }
        if (!whole) {
          const end = this.gatheredHead < 0 ? this.width : this.nodeStart[this.gatheredHead]!;
          if (start < end)
            this.prependNode(this.createNode(pieceX[kept - 1]!, pieceConstant[kept - 1]!, start));
          this.truncateList(run, start);
          return;
        }
      }
      this.runs--;
    }
  }

  /** Lets a line of another label than the last run's compete for the second place left of `end`, within that run. */
  private insertSecond(x: number, constant: number, end: number): void {
    const run = this.runs - 1;
    const { nodeX, nodeConstant, nodeStart, nodePrevious } = this;
    let start = end;
    let tail = this.runTail[run]!;
    while (tail >= 0) {
      const ahead = constant - nodeConstant[tail]!;
      const slope = 2 * (x - nodeX[tail]!);
      const from = nodeStart[tail]!;
      if (ahead >= slope * from) {
        if (ahead < slope * (start - 1)) start = firstBeyond(ahead, slope);
        break;
      }
      start = from;
      tail = nodePrevious[tail]!;
    }
    this.setTail(run, tail);
    if (start < end) this.appendNode(run, this.createNode(x, constant, start));
  }

  /**
   * Writes both envelopes, Infinity where there is none.
   *
   * @param first `[width]`, receives the first envelope; `second` likewise
   */
  write(first: Float64Array, second: Float64Array): void {
    const { width, pieceX, pieceConstant, pieceStart, nodeX, nodeConstant, nodeStart, nodePrevious } = this;
    if (this.pieces === 0) {
      first.fill(Infinity);
      second.fill(Infinity);
      return;
    }
    let end = width;
    for (let piece = this.pieces - 1; piece >= 0; piece--) {
      const start = pieceStart[piece]!;
      writeLine(first, pieceX[piece]!, pieceConstant[piece]!, start, end);
      end = start;
    }
    end = width;
    for (let run = this.runs - 1; run >= 0; run--) {
      for (let node = this.runTail[run]!; node >= 0; node = nodePrevious[node]!) {
        const start = nodeStart[node]!;
        writeLine(second, nodeX[node]!, nodeConstant[node]!, start, end);
        end = start;
      }
    }
  }

  private pushPiece(x: number, constant: number, start: number): void {
    const piece = this.pieces++;
    this.pieceX[piece] = x;
    this.pieceConstant[piece] = constant;
    this.pieceStart[piece] = start;
  }

  private pushRun(label: number, firstPiece: number, head: number, tail: number): void {
    const run = this.runs++;
    this.runLabel[run] = label;
    this.runFirstPiece[run] = firstPiece;
    this.runHead[run] = head;
    this.runTail[run] = tail;
  }

  private createNode(x: number, constant: number, start: number): number {
    const node = this.nodes++;
    this.nodeX[node] = x;
    this.nodeConstant[node] = constant;
    this.nodeStart[node] = start;
    this.nodePrevious[node] = -1;
    return node;
  }

  private prependNode(node: number): void {
    this.prependList(node, node);
  }

  private prependList(head: number, tail: number): void {
    if (this.gatheredHead < 0) this.gatheredTail = tail;
    else this.nodePrevious[this.gatheredHead] = tail;
    this.gatheredHead = head;
  }

  /** Ends a run's list with `tail`; -1 empties it. */
  private setTail(run: number, tail: number): void {
    this.runTail[run] = tail;
    if (tail < 0) this.runHead[run] = -1;
  }

  /** Drops the nodes of a run's list that begin at or after `start`. */
  private truncateList(run: number, start: number): void {
    let tail = this.runTail[run]!;
    while (tail >= 0 && this.nodeStart[tail]! >= start) tail = this.nodePrevious[tail]!;
    this.setTail(run, tail);
  }

  private appendNode(run: number, node: number): void {
    const tail = this.runTail[run]!;
    this.nodePrevious[node] = tail;
    if (tail < 0) this.runHead[run] = node;
    this.runTail[run] = node;
  }

  /** Joins the gathered list to the end of a run's list. */
  private appendGathered(run: number): void {
    if (this.gatheredHead < 0) return;
    const tail = this.runTail[run]!;
    this.nodePrevious[this.gatheredHead] = tail;
    if (tail < 0) this.runHead[run] = this.gatheredHead;
    this.runTail[run] = this.gatheredTail;
  }
}

/** First integer beyond `ahead / slope`, where the later of two lines is the lower; neighbouring columns divide by 2. */
function firstBeyond(ahead: number, slope: number): number {
  return Math.floor(slope === 2 ? 0.5 * ahead : ahead / slope) + 1;
}

/** `(q - x)² + height` for q of `[start, end)`. */
function writeLine(out: Float64Array, x: number, constant: number, start: number, end: number): void {
  for (let q = start; q < end; q++) out[q] = constant + q * (q - 2 * x);
}
