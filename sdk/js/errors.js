// What can go wrong, as types: every refusal knows its status, code, sentence and when to come again.

/** The server refused, or could not be asked. */
export class ParlanceError extends Error {
  constructor(message, { status, code, retryAfter, requestId, cause } = {}) {
    super(message, { cause });
    this.name = new.target.name;
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
    this.requestId = requestId;
  }
}

/** 400, 413, 415 or 422: the request is not as documented. */
export class ValidationError extends ParlanceError {}
/** 401: the key is missing or wrong. */
export class AuthenticationError extends ParlanceError {}
/** 402 or 403: the key, role or plan does not allow it. */
export class ForbiddenError extends ParlanceError {}
/** 404: not there, or not yours. */
export class NotFoundError extends ParlanceError {}
/** 409: it does not fit what is there. */
export class ConflictError extends ParlanceError {}
/** 429: too many requests; `retryAfter` says when to come again. */
export class RateLimitError extends ParlanceError {}
/** 5xx: something went wrong on the server. */
export class ServerError extends ParlanceError {}
/** There was no answer. */
export class ConnectionFailed extends ParlanceError {}
/** A streamed answer broke off. */
export class StreamError extends ParlanceError {}

const TYPES = new Map([
  [400, ValidationError],
  [401, AuthenticationError],
  [402, ForbiddenError],
  [403, ForbiddenError],
  [404, NotFoundError],
  [409, ConflictError],
  [413, ValidationError],
  [415, ValidationError],
  [422, ValidationError],
  [429, RateLimitError],
]);

/** A `Retry-After` in seconds. */
export function seconds(header) {
  const number = header === null || header.trim() === "" ? NaN : Number(header);
  return Number.isFinite(number) ? Math.max(0, number) : undefined;
}

/** Code and sentence of an error body, in the form of whichever surface answered. */
function words(text) {
  let fields;
  try {
    fields = JSON.parse(text);
  } catch {
    return {};
  }
  const { error, message, detail, code } = fields ?? {};
  const isText = (value) => typeof value === "string";
  const named = code ?? (isText(message) ? error : undefined);
  return { code: isText(named) ? named : undefined, message: [message, detail, error].find(isText) };
}

/** The error that an answer stands for. */
export function refusal(response, text) {
  const Type = TYPES.get(response.status) ?? (response.status >= 500 ? ServerError : ParlanceError);
  const { code, message } = words(text);
  return new Type(message ?? `The server answered with status ${response.status}.`, {
    status: response.status,
    code,
    retryAfter: seconds(response.headers.get("retry-after")),
    requestId: response.headers.get("x-request-id") ?? undefined,
  });
}
