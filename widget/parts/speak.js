// Reads a message aloud: by a voice of the browser, or by the server's where it does that for the site.

// How long a browser may take to list its voices. Whoever pressed the button waits for it, and some have none to list.
const VOICES_MS = 1e3;

let playing = null;

const label = (button, text, isOn) => {
  button.setAttribute("aria-pressed", String(isOn));
  button.setAttribute("aria-label", text(isOn ? Text.StopReading : Text.ReadAloud));
};

/** The words of the message that a button stands at, without the numbers of its sources. */
const wordsAt = (button) => {
  const words = button.closest(".entry").querySelector(".bubble").cloneNode(true);
  for (const aside of words.querySelectorAll(".cite, .code-head")) aside.remove();
  return words.textContent;
};

const languageOf = (tag = "") => tag.split(/[-_]/)[0].toLowerCase();

/** The voice of a name that speaks the language, however its letters are cased where none is spelled so. An English voice reads no Japanese. */
export const voiceNamed = (name, locale, voices) => {
  const speaking = voices.filter(({ lang }) => languageOf(lang) === languageOf(locale));
  const alike = (voice) => voice.name.toLowerCase() === name.toLowerCase();
  return speaking.find((voice) => voice.name === name) ?? speaking.find(alike);
};

/** Calls `use` with the browser's voices: now, where it knows them, else once it has said that it does, or after a while. */
const withVoices = (use) => {
  const known = speechSynthesis.getVoices();
  if (known.length > 0) return use(known);
  const waited = new AbortController();
  const settle = () => {
    if (waited.signal.aborted) return;
    waited.abort();
    use(speechSynthesis.getVoices());
  };
  // Where a browser tells nobody, the time does.
  speechSynthesis.addEventListener?.("voiceschanged", settle, { signal: waited.signal });
  setTimeout(settle, VOICES_MS);
};

/** In the voice and at the speed that the site asks for, as far as there are any; else in one for the language. */
const byBrowser = (button, { locale, config }, over) => {
  const { name, speed } = config.voice ?? {};
  const spoken = new SpeechSynthesisUtterance(wordsAt(button));
  let isOver = false;
  spoken.lang = locale;
  if (speed) spoken.rate = Number(speed);
  spoken.onend = () => over();
  spoken.onerror = ({ error }) => over(error === "interrupted" || error === "canceled" ? undefined : "voice_failed");
  const speak = (voices) => {
    // Stopped before the voices were known.
    if (isOver) return;
    const voice = voices && voiceNamed(name, locale, voices);
    if (voice) spoken.voice = voice;
    speechSynthesis.cancel();
    speechSynthesis.speak(spoken);
  };
  if (name) withVoices(speak);
  else speak();
  return () => {
    isOver = true;
    speechSynthesis.cancel();
  };
};

/** Through Web Audio, which needs no address that a policy would have to allow. */
const byServer = (message_id, { enter, addressOf }, over) => {
  const abort = new AbortController();
  const context = new AudioContext();
  const play = async () => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${await enter()}` };
    const reply = await fetch(addressOf("speak"), { method: "POST", headers, body: JSON.stringify({ message_id }), signal: abort.signal });
    if (!reply.ok) return over((await reply.json()).code);
    const source = new AudioBufferSourceNode(context, { buffer: await context.decodeAudioData(await reply.arrayBuffer()) });
    source.connect(context.destination);
    source.onended = () => over();
    source.start();
  };
  play().catch(() => over(abort.signal.aborted ? undefined : "voice_failed"));
  return () => {
    abort.abort();
    context.close();
  };
};

/** `place`: the button; `given`: the message's id. */
export default (panel) => {
  const { place, given, config, text, report } = panel;
  const isStop = playing?.button === place;
  playing?.stop();
  if (isStop) return;
  const mine = { button: place, stop: () => over() };
  const over = (code) => {
    if (playing !== mine) return;
    playing = null;
    label(place, text, false);
    end();
    if (code) report({ type: "problem", code });
  };
  playing = mine;
  label(place, text, true);
  const end = config.voice?.speak ? byServer(given, panel, over) : byBrowser(place, panel, over);
};
