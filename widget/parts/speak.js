// Reads a message aloud: by the browser's own voice, or by the server's where the site names one.

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

const byBrowser = (button, locale, over) => {
  const spoken = new SpeechSynthesisUtterance(wordsAt(button));
  spoken.lang = locale;
  spoken.onend = () => over();
  spoken.onerror = ({ error }) => over(error === "interrupted" || error === "canceled" ? undefined : "voice_failed");
  speechSynthesis.cancel();
  speechSynthesis.speak(spoken);
  return () => speechSynthesis.cancel();
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
  const { place, given, config, text, locale, report } = panel;
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
  const end = config.voice?.speak ? byServer(given, panel, over) : byBrowser(place, locale, over);
};
