// Streams of events, as the server answers with them. They come with the live channel, which every conversation has.

/** A server that has nothing to say sends a comment every 15 s. */
const SILENCE_LIMIT = 40_000;

/**
 * A stream of events, once the server has taken the request: gives a list of `{ id, event }` for each piece that the network brings, and
 * ends when the stream is over, cut, or silent for too long. `retry` is how long to wait before another, if the server has said so;
 * `end` hangs up. `open`: makes the request.
 */
export const streamOf = (open) => async (method, path, session, body) => {
  const abort = new AbortController();
  const reply = await open(method, path, session, body, abort);
  const parser = eventParser();
  const pieces = (async function* () {
    const reader = reply.body.getReader();
    try {
      for (;;) {
        const limit = setTimeout(() => abort.abort(), SILENCE_LIMIT);
        const { value } = await reader.read().catch(() => ({}));
        clearTimeout(limit);
        if (!value) return;
        yield parser.push(value);
      }
    } finally {
      abort.abort();
    }
  })();
  return { pieces, retry: () => parser.retry, end: () => abort.abort() };
};

/** Server-sent events out of raw bytes, however the network cut them. A character cut in two comes out whole. */
export const eventParser = () => {
  const decoder = new TextDecoder();
  let rest = "";
  let isAfterReturn = false;
  let data = [];
  let id;
  const parser = {
    retry: undefined,
    push(bytes) {
      let text = decoder.decode(bytes, { stream: true });
      // The second half of a line's end whose first half came before.
      const isSecondHalf = isAfterReturn && text[0] === "\n";
      if (text) isAfterReturn = text.endsWith("\r");
      if (isSecondHalf) text = text.slice(1);
      const lines = (rest + text).split(/\r\n|\r|\n/);
      rest = lines.pop();
      return lines.flatMap(take);
    },
  };
  const take = (line) => {
    if (!line) return dispatch();
    const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
    if (field === "data") data.push(value);
    if (field === "id") id = value;
    if (field === "retry" && /^\d+$/.test(value)) parser.retry = +value;
    return [];
  };
  const dispatch = () => {
    if (data.length === 0) return [];
    const text = data.join("\n");
    data = [];
    try {
      return [{ id, event: JSON.parse(text) }];
    } catch {
      // Not of this server.
      return [];
    }
  };
  return parser;
};
