// A network between browser and program that a test can break: connections cut, or gone silent without a word.
import { createConnection, createServer, type AddressInfo, type Server as TcpServer, type Socket } from "node:net";

export class Proxy {
  private readonly pairs = new Set<[Socket, Socket]>();
  /** What was last asked for through each. */
  private readonly asked = new Map<[Socket, Socket], string>();
  private readonly waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isSilent = false;
  private constructor(
    private readonly server: TcpServer,
    private readonly target: URL,
  ) {}

  static async start(target: string): Promise<Proxy> {
    const own: { proxy?: Proxy } = {};
    const server = createServer((client) => own.proxy?.join(client));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (own.proxy = new Proxy(server, new URL(target)));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Breaks every connection off, in the middle of whatever it carries. */
  cut(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.resetAndDestroy();
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  cutEvery(milliseconds: number): void {
    this.timer = setInterval(() => this.cut(), milliseconds);
  }

  /** Resolves when connections have been cut the next time. */
  nextCut(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /**
   * From now on nothing comes through live channels that there are, and nobody is told: a computer that slept or changed its network.
   * Connections that wait for a request are closed, as browsers do then.
   */
  silence(): void {
    for (const pair of this.pairs) {
      for (const socket of pair) {
        if (this.asked.get(pair)?.includes("/widget/events")) socket.unpipe().pause();
        else socket.destroy();
      }
    }
  }

  /** New connections are refused until the way is open again. */
  close(): void {
    this.isSilent = true;
    this.cut();
  }

  open(): void {
    this.isSilent = false;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }

  private join(client: Socket): void {
    if (this.isSilent) {
      client.resetAndDestroy();
      return;
    }
    const server = createConnection({ host: this.target.hostname, port: Number(this.target.port) });
    const pair: [Socket, Socket] = [client, server];
    this.pairs.add(pair);
    client.on("data", (piece: Buffer) => {
      const line = /^(?:GET|POST|PATCH|DELETE) \S+/.exec(piece.toString("latin1"))?.[0];
      if (line) this.asked.set(pair, line);
    });
    for (const [one, other] of [pair, [server, client]] as const) {
      one.setNoDelay(true);
      // What one side ends or breaks, the other has no use for.
      one.on("error", () => other.destroy());
      one.on("close", () => {
        other.destroy();
        this.pairs.delete(pair);
        this.asked.delete(pair);
      });
      one.pipe(other);
    }
  }
}
