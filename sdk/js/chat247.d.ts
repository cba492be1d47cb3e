import { Options, Site } from "./parlance.js";

export { ParlanceError, RateLimitError } from "./parlance.js";

/** A client bound to one site's key. Without `baseUrl`: CHAT247_BASE_URL, the page's own server, or one on this machine. */
export class Chat247 extends Site {
  constructor(apiKey: string, baseUrl?: string, options?: Options);
}
