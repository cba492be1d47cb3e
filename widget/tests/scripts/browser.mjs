// What of a browser the panel's scripts touch, made by hand: requests are answered by the test, and time passes when it says so.

const { setTimeout: setTimer, setInterval: setTicker } = globalThis;

/** Puts the globals in place. Scripts are to be imported after this. */
export const makeBrowser = ({ dark = false, tabs = {} } = {}) => {
  const requests = [];
  const storage = new Map();
  const listeners = {};
  const style = { setProperty: (name, value) => (style[name] = value) };
  const root = { style, dataset: {} };
  /** The field that the visitor can write in before the panel is there. */
  const area = { value: "", readOnly: false };
  const early = Object.assign([area], { remove: () => {} });
  const window = globalThis;
  const place = {
    location: { search: "?bot_id=ch_1", origin: "https://chat.test" },
    parent: window,
    window,
    addEventListener: (name, listener) => (listeners[name] ??= []).push(listener),
    document: { hidden: false, documentElement: root, activeElement: null, hasFocus: () => false, querySelector: () => null, forms: { early } },
    sessionStorage: {
      getItem: (key) => storage.get(key) ?? null,
      setItem: (key, value) => storage.set(key, value),
      removeItem: (key) => storage.delete(key),
    },
    // What a script waits for keeps no test alive.
    setTimeout: (...given) => setTimer(...given).unref(),
    setInterval: (...given) => setTicker(...given).unref(),
    PARTS: { live: "../parts/live.js" },
    // Without them every tab is alone.
    navigator: { locks: tabs.locks },
    BroadcastChannel: tabs.BroadcastChannel,
    matchMedia: () => ({ matches: dark, addEventListener: () => {} }),
    fetch: (address, given = {}) =>
      new Promise((resolve, reject) => {
        given.signal?.addEventListener("abort", () => reject(new Error("aborted")));
        requests.push({ address, ...given, body: given.body && JSON.parse(given.body), resolve, fail: () => reject(new Error("offline")) });
      }),
  };
  for (const name in place) Object.defineProperty(globalThis, name, { value: place[name], configurable: true, writable: true });
  return { area, requests, storage, root, happen: (name) => (listeners[name] ?? []).forEach((listener) => listener({})) };
};

/** What tabs of one browser share: locks, and channels that carry words to all but the one that spoke. */
export const makeTabs = () => {
  const locks = [];
  const grant = (name) => {
    const next = locks.find((lock) => lock.name === name);
    if (!next || next.isHeld) return;
    next.isHeld = true;
    const end = () => {
      locks.splice(locks.indexOf(next), 1);
      grant(name);
    };
    Promise.resolve(next.act()).then((value) => (end(), next.resolve(value)), (error) => (end(), next.reject(error)));
  };
  const request = (name, { signal, steal }, act) =>
    new Promise((resolve, reject) => {
      const abort = () => reject(new DOMException("", "AbortError"));
      const lock = { name, act, resolve, reject };
      if (steal) {
        const holder = locks.find((other) => other.name === name && other.isHeld);
        if (holder) locks.splice(locks.indexOf(holder), 1);
        holder?.reject(new DOMException("", "AbortError"));
        locks.unshift(lock);
      } else {
        locks.push(lock);
      }
      signal?.addEventListener("abort", () => {
        if (lock.isHeld) return;
        locks.splice(locks.indexOf(lock), 1);
        abort();
      });
      queueMicrotask(() => grant(name));
    });
  const query = async () => ({ held: locks.filter(({ isHeld }) => isHeld), pending: locks.filter(({ isHeld }) => !isHeld) });
  const channels = [];
  class Channel {
    constructor(name) {
      this.name = name;
      channels.push(this);
    }
    postMessage(data) {
      const word = structuredClone(data);
      for (const other of channels) if (other !== this && other.name === this.name) queueMicrotask(() => other.onmessage?.({ data: word }));
    }
  }
  return { locks: { request: (name, ...rest) => request(name, ...(rest.length > 1 ? rest : [{}, rest[0]])), query }, BroadcastChannel: Channel };
};

/** A reply with JSON. */
export const reply = (body, status = 200) => new Response(JSON.stringify(body), { status, headers: { date: new Date(Date.now()).toUTCString() } });

/** A reply that is a stream of events: `say` writes one, `end` cuts it. */
export const streamed = () => {
  let out;
  const body = new ReadableStream({ start: (controller) => (out = controller) });
  const write = (text) => out.enqueue(new TextEncoder().encode(text));
  return {
    response: new Response(body),
    say: (event, id) => write(`${id ? `id: ${id}\n` : ""}data: ${JSON.stringify(event)}\n\n`),
    write,
    end: () => out.close(),
  };
};

/** Lets everything run that waits for nothing but its turn. */
export const settle = async () => {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
};
