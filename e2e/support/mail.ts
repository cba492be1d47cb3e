// A mail server that takes every letter: as much of RFC 5321 as a letter needs.
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";

export type Letter = {
  to: string;
  /** As it came over the wire. */
  raw: string;
  /** Subject and plain text, without their transfer encodings. */
  subject: string;
  text: string;
};

export class Mail {
  readonly letters: Letter[] = [];
  private readonly sockets = new Set<Socket>();
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Mail> {
    const server = createServer((socket) => void mail.talk(socket));
    const mail = new Mail(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return mail;
  }

  get settings(): Record<string, string> {
    return { PARLANCE_SMTP_URL: `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}` };
  }

  stop(): Promise<unknown> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(resolve));
  }

  private async talk(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.sockets.delete(socket));
    const say = (line: string) => socket.write(`${line}\r\n`);
    say("220 mail.example ready");
    let to = "";
    let body: string[] | null = null;
    for await (const line of createInterface({ input: socket })) {
      if (body) {
        if (line !== ".") {
          body.push(line);
          continue;
        }
        this.letters.push(read(to, body.join("\n")));
        body = null;
        say("250 taken");
        continue;
      }
      const command = line.slice(0, 4).toUpperCase();
      if (command === "RCPT") to = /<(.*)>/.exec(line)?.[1] ?? "";
      if (command === "DATA") body = [];
      say({ EHLO: "250 mail.example", MAIL: "250 fine", RCPT: "250 fine", DATA: "354 go on", QUIT: "221 bye" }[command] ?? "502 unknown");
      if (command === "QUIT") socket.end();
    }
  }
}

function read(to: string, raw: string): Letter {
  const subject = /^Subject: (.*(?:\n[ \t].*)*)/m.exec(raw)?.[1] ?? "";
  const part = raw.split(/^--.+$/m).find((part) => /Content-Type: text\/plain/.test(part)) ?? "";
  const [head = "", ...rest] = part.trimStart().split("\n\n");
  return { to, raw, subject: words(subject), text: decoded(head, rest.join("\n\n")) };
}

/** Encoded words of RFC 2047, and what stands between them. */
function words(header: string): string {
  return header.replace(/\?=\s+=\?/g, "?==?").replace(/=\?utf-8\?b\?(.*?)\?=/gi, (_, packed: string) => Buffer.from(packed, "base64").toString("latin1")).replace(/[\x80-\xff]+/g, (bytes) => Buffer.from(bytes, "latin1").toString("utf8"));
}

function decoded(head: string, body: string): string {
  if (/base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
  if (!/quoted-printable/i.test(head)) return body;
  const bytes = body.replace(/=\n/g, "").replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
