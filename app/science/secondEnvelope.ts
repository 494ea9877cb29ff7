/** The two lowest parabolas of different labels over one row: the row half of the two-nearest-objects distance transform. */

/** Line number of "no second label here". */
const NOTHING = -1;

/**
 * Lower envelope, and lower envelope of what bears another label than it, of parabolas `(q - x)² + height` at the
 * integers q = 0…width-1.
 *
 * Parabolas of equal curvature compare like lines of slope -2x. Inserted by ascending x, each new one wins on a suffix
 * `[s, width)` of the first envelope. In the second envelope it wins on a suffix `[t, s)`, and t never lies left of the
 * last change of label before s, because there both envelopes meet and the new line is above them. So only the last run
 * of equal label is touched; what the new line displaces right of s becomes second, except under its own label, where
 * the second stays. Each run keeps its seconds as a linked list that is joined in O(1), so a row costs O(insertions).
 */
export class SecondEnvelope {
  private readonly width: number;
  // Lines.
  private readonly lineX: Int32Array;
  private readonly lineHeight: Float64Array;
  private readonly lineConstant: Float64Array;
  private readonly lineLabel: Uint32Array;
  private lines = 0;
  // Pieces of the first envelope, a stack from left to right.
  private readonly pieceLine: Int32Array;
  private readonly pieceStart: Int32Array;
  private pieces = 0;
  // Runs of pieces of one label, a stack; each has a list of nodes.
  private readonly runFirstPiece: Int32Array;
  private readonly runHead: Int32Array;
  private readonly runTail: Int32Array;
  private runs = 0;
  // Nodes of the second envelope.
  private readonly nodeLine: Int32Array;
  private readonly nodeStart: Int32Array;
  private readonly nodePrevious: Int32Array;
  private readonly nodeNext: Int32Array;
  private nodes = 0;
  // The list of seconds that the line being inserted gathers over its part of the first envelope.
  private gatheredHead = -1;
  private gatheredTail = -1;

  /** @param width number of integer positions; at most two insertions a position */
  constructor(width: number) {
    const lines = 2 * width + 2;
    this.width = width;
    this.lineX = new Int32Array(lines);
    this.lineHeight = new Float64Array(lines);
    this.lineConstant = new Float64Array(lines);
    this.lineLabel = new Uint32Array(lines);
    this.pieceLine = new Int32Array(lines);
    this.pieceStart = new Int32Array(lines);
    this.runFirstPiece = new Int32Array(lines);
    this.runHead = new Int32Array(lines);
    this.runTail = new Int32Array(lines);
    // A line makes at most one node when inserted, one when it leaves the first envelope, one when it is cut, one start.
    this.nodeLine = new Int32Array(4 * lines);
    this.nodeStart = new Int32Array(4 * lines);
    this.nodePrevious = new Int32Array(4 * lines);
    this.nodeNext = new Int32Array(4 * lines);
  }

  /** Forgets all parabolas. */
  clear(): void {
    this.lines = 0;
    this.pieces = 0;
    this.runs = 0;
    this.nodes = 0;
  }

  /**
   * Adds one parabola. Positions must not descend; at one position the lower parabola comes first.
   *
   * @param x position of the apex, 0…width-1
   * @param height value at the apex, finite
   * @param label not 0
   */
  insert(x: number, height: number, label: number): void {
    const { lineX, lineConstant, pieceLine, pieceStart } = this;
    const line = this.lines++;
    const constant = height + x * x;
    lineX[line] = x;
    this.lineHeight[line] = height;
    lineConstant[line] = constant;
    this.lineLabel[line] = label;
    if (this.pieces === 0) {
      this.pushPiece(line, 0);
      const node = this.createNode(NOTHING, 0);
      this.pushRun(0, node, node);
      return;
    }
    // Where the line goes below the first envelope: pieces from `kept` on, and the end of the one before, are displaced.
    let start = this.width;
    let kept = this.pieces;
    while (kept > 0) {
      const other = pieceLine[kept - 1]!;
      const otherX = lineX[other]!;
      if (otherX === x) break;
      const ahead = constant - lineConstant[other]!;
      const slope = 2 * (x - otherX);
      const from = pieceStart[kept - 1]!;
      if (ahead >= slope * from) {
        if (ahead < slope * (start - 1)) start = Math.floor(ahead / slope) + 1;
        break;
      }
      kept--;
      start = from;
    }
    if (start >= this.width) {
      this.insertSecond(line, start);
      return;
    }
    if (start < 0) start = 0;
    this.displace(start, kept, label);
    const last = this.runs - 1;
    if (last >= 0 && this.lineLabel[pieceLine[this.runFirstPiece[last]!]!] === label) {
      this.pieces = kept;
      this.pushPiece(line, start);
      this.appendGathered(last);
    } else {
      this.insertSecond(line, start);
      this.pieces = kept;
      this.pushPiece(line, start);
      this.pushRun(this.pieces - 1, this.gatheredHead, this.gatheredTail);
    }
  }

  /** Gathers the seconds of `[start, width)` for a line of this label, and cuts the runs back to `[0, start)`. */
  private displace(start: number, kept: number, label: number): void {
    const { pieceLine, pieceStart, runFirstPiece } = this;
    this.gatheredHead = -1;
    this.gatheredTail = -1;
    let piece = this.pieces;
    while (this.runs > 0) {
      const run = this.runs - 1;
      const first = runFirstPiece[run]!;
      const own = this.lineLabel[pieceLine[first]!] === label;
      const whole = pieceStart[first]! >= start;
      if (own) {
        if (!whole) return;
        this.prependList(this.runHead[run]!, this.runTail[run]!);
        piece = first;
      } else {
        const stop = whole ? first : kept;
        while (piece > stop) {
          piece--;
          this.prependNode(this.createNode(pieceLine[piece]!, pieceStart[piece]!));
        }
        if (!whole) {
          const end = this.gatheredHead < 0 ? this.width : this.nodeStart[this.gatheredHead]!;
          if (start < end) this.prependNode(this.createNode(pieceLine[kept - 1]!, start));
          this.truncateList(run, start);
          return;
        }
      }
      this.runs--;
    }
  }

  /** Lets a line compete for the second place left of `end`, within the last run. */
  private insertSecond(line: number, end: number): void {
    const run = this.runs - 1;
    if (run < 0) return;
    const { lineX, lineConstant, nodeLine, nodeStart, nodePrevious } = this;
    const runLine = this.pieceLine[this.runFirstPiece[run]!]!;
    if (this.lineLabel[runLine] === this.lineLabel[line]) return;
    const x = lineX[line]!;
    const constant = lineConstant[line]!;
    let start = end;
    let tail = this.runTail[run]!;
    while (tail >= 0) {
      const other = nodeLine[tail]!;
      if (other !== NOTHING) {
        const otherX = lineX[other]!;
        if (otherX === x) break;
        const ahead = constant - lineConstant[other]!;
        const slope = 2 * (x - otherX);
        if (ahead >= slope * nodeStart[tail]!) {
          if (ahead < slope * (start - 1)) start = Math.floor(ahead / slope) + 1;
          break;
        }
      }
      start = nodeStart[tail]!;
      tail = nodePrevious[tail]!;
    }
    this.setTail(run, tail);
    if (start < end) this.appendNode(run, this.createNode(line, start));
  }

  /**
   * Writes the square roots of both envelopes, Infinity where there is none.
   *
   * @param first receives the first envelope at `offset`…`offset + width - 1`; `second` likewise
   */
  writeDistances(first: Float32Array, second: Float32Array, offset: number): void {
    const { width, pieceLine, pieceStart, nodeLine, nodeStart, nodeNext } = this;
    if (this.pieces === 0) {
      first.fill(Infinity, offset, offset + width);
      second.fill(Infinity, offset, offset + width);
      return;
    }
    for (let p = 0; p < this.pieces; p++) {
      const end = p + 1 < this.pieces ? pieceStart[p + 1]! : width;
      this.writeLine(first, offset, pieceLine[p]!, pieceStart[p]!, end);
    }
    for (let run = 0; run < this.runs; run++) {
      const runEnd = run + 1 < this.runs ? pieceStart[this.runFirstPiece[run + 1]!]! : width;
      for (let node = this.runHead[run]!; node >= 0; ) {
        const next = nodeNext[node]!;
        this.writeLine(
          second,
          offset,
          nodeLine[node]!,
          nodeStart[node]!,
          next >= 0 ? nodeStart[next]! : runEnd,
        );
        node = next;
      }
    }
  }

  private writeLine(out: Float32Array, offset: number, line: number, start: number, end: number): void {
    if (line === NOTHING) {
      out.fill(Infinity, offset + start, offset + end);
      return;
    }
    const x = this.lineX[line]!;
    const height = this.lineHeight[line]!;
    for (let q = start; q < end; q++) out[offset + q] = Math.sqrt((q - x) * (q - x) + height);
  }

  private pushPiece(line: number, start: number): void {
    this.pieceLine[this.pieces] = line;
    this.pieceStart[this.pieces++] = start;
  }

  private pushRun(firstPiece: number, head: number, tail: number): void {
    this.runFirstPiece[this.runs] = firstPiece;
    this.runHead[this.runs] = head;
    this.runTail[this.runs++] = tail;
  }

  private createNode(line: number, start: number): number {
    const node = this.nodes++;
    this.nodeLine[node] = line;
    this.nodeStart[node] = start;
    this.nodePrevious[node] = -1;
    this.nodeNext[node] = -1;
    return node;
  }

  private prependNode(node: number): void {
    this.prependList(node, node);
  }

  private prependList(head: number, tail: number): void {
    if (this.gatheredHead < 0) {
      this.gatheredTail = tail;
    } else {
      this.nodeNext[tail] = this.gatheredHead;
      this.nodePrevious[this.gatheredHead] = tail;
    }
    this.gatheredHead = head;
  }

  /** Ends a run's list with `tail`; -1 empties it. */
  private setTail(run: number, tail: number): void {
    this.runTail[run] = tail;
    if (tail < 0) this.runHead[run] = -1;
    else this.nodeNext[tail] = -1;
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
    else this.nodeNext[tail] = node;
    this.runTail[run] = node;
  }

  /** Joins the gathered list to the end of a run's list. */
  private appendGathered(run: number): void {
    if (this.gatheredHead < 0) return;
    const tail = this.runTail[run]!;
    this.nodePrevious[this.gatheredHead] = tail;
    if (tail < 0) this.runHead[run] = this.gatheredHead;
    else this.nodeNext[tail] = this.gatheredHead;
    this.runTail[run] = this.gatheredTail;
  }
}
