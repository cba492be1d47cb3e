// An audio service behind an OpenAI-compatible address: writes down what a test says that it hears, and reads aloud a short tone.
import { bodyOf, listen, type Running } from "./http.ts";

export class Audio {
  /** What it was asked to read aloud. */
  readonly spoken: { input: string; voice: string }[] = [];
  /** Recordings it was given. */
  recordings = 0;
  /** What it hears in the next recordings; none: it fails. */
  heard: string | null = "";
  private constructor(private readonly running: Running) {}

  static async start(): Promise<Audio> {
    const own: { audio?: Audio } = {};
    const running = await listen(async (request, response) => {
      const body = await bodyOf(request);
      const audio = own.audio!;
      if (request.url?.endsWith("/audio/speech")) {
        audio.spoken.push(JSON.parse(body) as { input: string; voice: string });
        response.writeHead(200, { "content-type": "audio/wav" }).end(tone());
        return;
      }
      audio.recordings++;
      if (audio.heard === null) response.writeHead(500).end("{}");
      else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ text: audio.heard }));
    });
    own.audio = new Audio(running);
    return own.audio;
  }

  /** What the program is told about it. */
  get settings(): Record<string, string> {
    return { PARLANCE_AUDIO_BASE_URL: `http://127.0.0.1:${this.running.port}/v1`, PARLANCE_AUDIO_API_KEY: "sk-scripted" };
  }

  stop(): Promise<void> {
    return this.running.stop();
  }
}

/** A quarter of a second of a wave, as WAV. */
function tone(): Buffer {
  const rate = 8_000;
  const samples = Buffer.from(Array.from({ length: rate / 4 }, (_, at) => 128 + Math.round(60 * Math.sin(at / 4))));
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
