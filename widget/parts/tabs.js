// The tabs in which one visitor has the panel of one site open. One of them leads: it holds the live channel and tells the others what
// comes. They hear of each other within the origin of the frame, as far as the browser lets frames of one page's site do so; where it
// does not, each tab leads itself.

export const tabsOf = (bot) => {
  const LIVE = `parlance:live:${bot}:`;
  const BEGIN = `parlance:begin:${bot}`;

  const { locks } = navigator;
  let circle = null;
  try {
    circle = new BroadcastChannel(`parlance:${bot}`);
  } catch {
    // Not given to frames without an origin of their own.
  }
  let isAlone = !circle || !locks;

  /** Whether this tab cannot stand in a line with others. */
  const standsAlone = () => isAlone;

  /** Tells the other tabs. */
  const tellTabs = (word) => circle?.postMessage(word);

  /** Hears what other tabs tell. */
  const hearTabs = (hear) => circle && (circle.onmessage = ({ data }) => hear(data));

  /**
   * Stands in line for the lead of a session. `lead` is called when this tab has it, `lost` when another has taken it away.
   * Gives `{ take, leave }`: takes the lead from a tab that says nothing any more, or leaves the line.
   */
  const standFor = (session_id, visitor_id, lead, lost) => {
    const name = LIVE + JSON.stringify([session_id, visitor_id]);
    let turn = 0;
    let leave = () => {};
    const stand = (steal) => {
      const mine = ++turn;
      const waiting = new AbortController();
      const end = new Promise((resolve) => {
        leave = () => {
          waiting.abort();
          resolve();
        };
      });
      const leading = () => {
        if (mine !== turn) return;
        lead();
        return end;
      };
      locks.request(name, steal ? { steal } : { signal: waiting.signal }, leading).catch(({ name }) => {
        if (mine !== turn) return;
        // Taken away; any other refusal means that there is no line to stand in.
        if (name !== "AbortError") {
          isAlone = true;
          return lead();
        }
        lost();
        stand();
      });
    };
    if (isAlone) lead();
    else stand();
    return {
      take() {
        if (isAlone) return;
        leave();
        stand(true);
      },
      leave() {
        turn += 1;
        leave();
      },
    };
  };

  /**
   * Lets one tab at a time begin a session. `begin` is called with what another tab has begun in the meantime, `[session_id, visitor_id]`,
   * if it is none of those that this tab has left.
   */
  const beginAlone = async (left, begin) => {
    if (isAlone) return begin();
    let result;
    const alone = async () => {
      const { held, pending } = await locks.query();
      const names = [...held, ...pending].map(({ name }) => name).filter((name) => name.startsWith(LIVE));
      result = begin(names.map((name) => JSON.parse(name.slice(LIVE.length))).find(([session_id]) => !left.has(session_id)));
      await result.catch(() => {});
    };
    await locks.request(BEGIN, alone).catch(() => {});
    return result ?? begin();
  };

  return { beginAlone, hearTabs, standFor, standsAlone, tellTabs };
};
