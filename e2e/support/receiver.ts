// A receiver of webhooks: keeps what it was sent and answers as it is told.
import { createServer, type IncomingHttpHeaders, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Delivery = { headers: IncomingHttpHeaders; body: string };

export class Receiver {
  readonly deliveries: Delivery[] = [];
  status = 200;
  private constructor(private readonly server: HttpServer) {}

  static async start(): Promise<Receiver> {
    const server = createServer((request, reply) => {
      let body = "";
      request.setEncoding("utf8");
      request.on("data", (piece: string) => (body += piece));
      request.on("end", () => {
        receiver.deliveries.push({ headers: request.headers, body });
        reply.writeHead(receiver.status, { "content-type": "text/plain" }).end(`answered ${receiver.status}`);
      });
    });
    const receiver = new Receiver(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  stop(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
