// Verifying that a webhook's request comes from your Parlance server. Uses WebCrypto, so it runs in Node, workers and browsers.

/** How far a request's time may be from now, in seconds. */
const TOLERANCE = 300;

/** The request was not signed with this secret, or is too old. */
export class InvalidSignature extends Error {
  constructor(message) {
    super(message);
    this.name = "InvalidSignature";
  }
}

const encoder = new TextEncoder();
const bytes = (body) => (typeof body === "string" ? encoder.encode(body) : new Uint8Array(body));

function decode(text, alphabet) {
  try {
    return alphabet(text);
  } catch {
    return new Uint8Array();
  }
}

const fromBase64 = (text) => decode(text, (given) => Uint8Array.from(atob(given), (character) => character.charCodeAt(0)));

const fromHex = (text) =>
  /^([0-9a-f]{2})+$/i.test(text) ? Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16)) : new Uint8Array();

/** WebCrypto compares in constant time. */
async function isSigned(keyBytes, signature, signed) {
  if (keyBytes.length === 0) throw new TypeError("the secret must not be empty");
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", keyBytes, algorithm, false, ["verify"]);
  return crypto.subtle.verify("HMAC", key, signature, signed);
}

/** Whether `X-Chattery-Signature` is that of `body`. Use the body exactly as it arrived. */
export function verifySignature(body, signature, secret) {
  return isSigned(encoder.encode(secret), fromHex(signature), bytes(body));
}

function header(headers, name) {
  if (typeof headers.get === "function") return headers.get(name) ?? undefined;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return Array.isArray(found?.[1]) ? found[1][0] : found?.[1];
}

/**
 * The payload of a request whose Standard Webhooks headers hold good; it also refuses old requests. Throws InvalidSignature
 * where they do not. `webhook-id` is the same for every try: drop what you have seen.
 */
export async function verifyWebhook(body, headers, secret, { now = Date.now(), tolerance = TOLERANCE } = {}) {
  const [id, timestamp, signatures] = ["id", "timestamp", "signature"].map((name) => header(headers, `webhook-${name}`));
  if (!id || !signatures || !/^\d+$/.test(timestamp ?? "")) {
    throw new InvalidSignature("the request has no Standard Webhooks headers");
  }
  if (Math.abs(now / 1000 - Number(timestamp)) > tolerance) {
    throw new InvalidSignature("the request is too old, or from the future");
  }
  const key = fromBase64(secret.replace(/^whsec_/, ""));
  const head = encoder.encode(`${id}.${timestamp}.`);
  const rest = bytes(body);
  const signed = new Uint8Array(head.length + rest.length);
  signed.set(head);
  signed.set(rest, head.length);
  // After a rotation there are several, one for each secret.
  for (const signature of signatures.split(" ").filter((part) => part.startsWith("v1,"))) {
    if (await isSigned(key, fromBase64(signature.slice(3)), signed)) {
      return JSON.parse(new TextDecoder().decode(rest));
    }
  }
  throw new InvalidSignature("the request was not signed with this secret");
}
