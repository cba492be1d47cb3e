// Streamed answers: bytes of server-sent events in, pieces of text out.
import { ConnectionFailed, StreamError } from "./errors.js";

/** The data of each event of a stream of bytes, which may come in any pieces. */
export async function* events(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const blocks = rest.replaceAll("\r\n", "\n").split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const data = block.split("\n").filter((line) => line.startsWith("data:"));
        if (data.length > 0) yield data.map((line) => line.slice(5).replace(/^ /, "")).join("\n");
      }
      if (done) return;
    }
  } catch (cause) {
    throw new ConnectionFailed("The answer broke off.", { cause });
  } finally {
    // Whoever stops reading early does not keep the connection.
    await reader.cancel().catch(() => {});
  }
}

/** The pieces of one answer, in the form of either API. Joined they are the whole answer. */
export async function* pieces(body) {
  let conversationId;
  for await (const data of events(body)) {
    if (data === "[DONE]") return;
    const fields = JSON.parse(data);
    if (fields.error !== undefined || fields.type === "error") {
      throw new StreamError(fields.message ?? "The answer broke off.", { code: fields.code ?? fields.error });
    }
    if (fields.type === "done") return;
    conversationId = fields.conversationId ?? conversationId;
    const text = fields.text ?? fields.content;
    if (typeof text === "string") yield { text, conversationId };
  }
  throw new StreamError("The answer broke off.", { code: "model_interrupted" });
}
