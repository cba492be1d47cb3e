// Files of the tests, made of bytes: small images that decode, and others that only look like what they are.
import { deflateSync } from "node:zlib";

export type Given = { name: string; mimeType: string; buffer: Buffer };

/** A PNG of one colour. */
export function picture(name: string, width = 320, height = 200, colour: [number, number, number] = [67, 56, 202]): Given {
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(width * 3, Buffer.of(...colour))]);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const bytes = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return { name, mimeType: "image/png", buffer: Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", bytes), chunk("IEND", Buffer.alloc(0))]) };
}

export function textFile(name: string, text: string): Given {
  return { name, mimeType: "text/plain", buffer: Buffer.from(text) };
}

function chunk(kind: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(checksum(body));
  return Buffer.concat([length, body, sum]);
}

/** The CRC of PNG. */
function checksum(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}
