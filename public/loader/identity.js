// Who the visitor is, as the site's own server vouches for it. The page gives a token, or a function that fetches one; what the function
// gave is fetched anew before it ends.
const AHEAD_MS = 6e4;
const RETRY_MS = 3e4;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** The panel waits three seconds for its host. */
const PATIENCE_MS = 2e3;

/** What a token says of itself. Whether that is true, the server decides. */
const claims = (token) => {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))) ?? {};
  } catch {
    return {};
  }
};

/** `renewed` is called with each token that comes after the first. */
export const identityOf = ({ options, later }, renewed) => {
  let current = Promise.resolve(options.identityToken);
  let known = options.identityToken;
  let round = 0;

  const fetchToken = async (source) => {
    const mine = ++round;
    const again = (delay) => later(() => mine === round && fetchToken(source), Math.min(Math.max(delay, RETRY_MS), LONGEST_TIMER_MS));
    try {
      const token = await source();
      if (mine !== round) return known;
      known = options.identityToken = token;
      // A panel that begins anew begins with this one.
      current = Promise.resolve(token);
      const { exp } = claims(token);
      // What is no moment in time has no time before it.
      if (exp > 0) again(exp * 1e3 - Date.now() - AHEAD_MS);
      if (token) renewed(token);
      return token;
    } catch (error) {
      console.warn("Parlance: no identity token: " + error?.message);
      if (mine === round) again(0);
    }
  };
  return {
    /** Takes a token, a function that gives one or a promise of one, or nothing. */
    use(source) {
      if (typeof source === "function") {
        current = fetchToken(source);
        return;
      }
      round++;
      known = options.identityToken = source;
      current = Promise.resolve(source);
      if (source) renewed(source);
    },
    /** The token to begin with, as far as it comes in time. */
    token: () => Promise.race([current, new Promise((resolve) => later(resolve, PATIENCE_MS))]),
    subject: (token = known) => claims(token).sub,
  };
};
