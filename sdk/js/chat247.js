// The developer API under the names of its document: import { Chat247 } from "./chat247.js".
import { Site } from "./parlance.js";

export { ParlanceError, RateLimitError } from "./errors.js";

/** The page's own server in a browser, one on this machine elsewhere. CHAT247_BASE_URL or `baseUrl` names any other. */
function defaultBaseUrl() {
  const named = globalThis.process?.env?.CHAT247_BASE_URL;
  if (named) return named;
  const { location } = globalThis;
  return location?.origin?.startsWith("http") ? `${location.origin}/api/v1` : "http://127.0.0.1:8080/api/v1";
}

/** A client bound to one site's key. */
export class Chat247 extends Site {
  constructor(apiKey, baseUrl = defaultBaseUrl(), options) {
    super(apiKey, baseUrl, options);
  }
}
