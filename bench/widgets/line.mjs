// One slow line down, shared fairly by every answer under way, with half a round trip of delay.

const TICK_MS = 8;
const PACKET = 1_460;

export class SharedLine {
  #flows = new Set();
  #timer;
  #last = 0;
  #budget = 0;

  constructor(bytesPerSecond, roundTripMs) {
    this.bytesPerSecond = bytesPerSecond;
    this.delay = roundTripMs / 2;
  }

  /** An answer's way through the line: `write` and `end` are called when its bytes arrive at the other side. */
  open(write, end) {
    const flow = { waiting: [], size: 0, ended: false, write, end };
    this.#flows.add(flow);
    this.#wake();
    return {
      push: (bytes) => {
        flow.waiting.push(bytes);
        flow.size += bytes.length;
        this.#wake();
      },
      end: () => {
        flow.ended = true;
        this.#wake();
      },
    };
  }

  #wake() {
    if (this.#timer) return;
    this.#last = performance.now();
    this.#budget = 0;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  #tick() {
    const now = performance.now();
    const allowed = this.#budget + ((now - this.#last) / 1_000) * this.bytesPerSecond;
    this.#budget = Math.min(allowed, this.bytesPerSecond * 0.05);
    this.#last = now;
    const arrived = new Map();
    for (let live = this.#unsent(); this.#budget > 0 && live.length > 0; live = this.#unsent()) {
      for (const flow of live) {
        if (this.#budget <= 0) break;
        const packet = take(flow, Math.min(PACKET, flow.size));
        this.#budget -= packet.length;
        arrived.set(flow, [...(arrived.get(flow) ?? []), packet]);
      }
    }
    for (const [flow, packets] of arrived) setTimeout(() => flow.write(Buffer.concat(packets)), this.delay);
    for (const flow of this.#flows) {
      if (!flow.ended || flow.size > 0) continue;
      this.#flows.delete(flow);
      setTimeout(() => flow.end(), this.delay + 0.5);
    }
    if (this.#flows.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #unsent() {
    return [...this.#flows].filter((flow) => flow.size > 0);
  }
}

function take(flow, count) {
  const parts = [];
  let left = count;
  while (left > 0) {
    const first = flow.waiting[0];
    if (first.length <= left) {
      parts.push(flow.waiting.shift());
      left -= first.length;
    } else {
      parts.push(first.subarray(0, left));
      flow.waiting[0] = first.subarray(left);
      left = 0;
    }
  }
  flow.size -= count;
  return Buffer.concat(parts);
}
