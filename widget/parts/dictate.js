// Writes down what the visitor says: by the browser, or by the server where the site wants it so. The microphone is asked for here and
// nowhere else.

/** A recording that nobody ends, ends. */
const LONGEST = 60_000;

let listening = null;

const label = (button, text, isOn) => {
  button.setAttribute("aria-pressed", String(isOn));
  button.setAttribute("aria-label", text(isOn ? Text.StopDictating : Text.Dictate));
};

const REASONS = { "not-allowed": "microphone", "audio-capture": "microphone", "no-speech": "not_heard", aborted: undefined };

const joined = (before, words) => (before && words ? `${before.trimEnd()} ${words}` : before + words);

const byBrowser = (Recognition, locale, area, put, begun, over) => {
  const recognition = Object.assign(new Recognition(), { lang: locale, interimResults: true, continuous: true });
  let before = area.value;
  let shown = before;
  let from = 0;
  let code;
  recognition.onresult = ({ results, resultIndex }) => {
    const { value } = area;
    // It was sent meanwhile.
    if (!value && shown) return recognition.abort();
    if (value !== shown) {
      // The visitor has typed meanwhile: what is said from now on comes after that.
      before = value;
      from = resultIndex;
    }
    const words = [...results].slice(from).map(([best]) => best.transcript.trim());
    shown = joined(before, words.join(" "));
    put(shown);
  };
  recognition.onerror = ({ error }) => (code = error in REASONS ? REASONS[error] : "voice_failed");
  recognition.onend = () => over(shown === before ? code : undefined);
  recognition.start();
  begun();
  return () => recognition.stop();
};

const byServer = (button, { enter, addressOf }, area, put, begun, over) => {
  let stop = () => {};
  let isStopped = false;
  const write = async (recording) => {
    const form = new FormData();
    form.append("audio", recording, "recording");
    const headers = { authorization: `Bearer ${await enter()}` };
    const reply = await fetch(addressOf("transcribe"), { method: "POST", headers, body: form });
    const { text, code } = await reply.json();
    if (!reply.ok) return over(code);
    if (text.trim()) put(joined(area.value, text.trim()));
    over(text.trim() ? undefined : "not_heard");
  };
  const record = async () => {
    const sound = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => over("microphone"));
    if (!sound) return;
    const recorder = new MediaRecorder(sound);
    const pieces = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.onstop = () => {
      for (const track of sound.getTracks()) track.stop();
      button.setAttribute("aria-busy", "true");
      write(new Blob(pieces, { type: recorder.mimeType })).catch(() => over("voice_failed"));
    };
    stop = () => recorder.state === "recording" && recorder.stop();
    recorder.start();
    begun();
    if (isStopped) stop();
    setTimeout(() => stop(), LONGEST);
  };
  record().catch(() => over("voice_failed"));
  return () => {
    isStopped = true;
    stop();
  };
};

/** `place`: the button. */
export default (panel) => {
  const { place, config, text, locale, report } = panel;
  if (listening) return listening.stop();
  const area = document.querySelector(".composer textarea");
  const put = (text) => report({ type: "dictated", text });
  const over = (code) => {
    listening = null;
    label(place, text, false);
    place.removeAttribute("aria-busy");
    if (code) report({ type: "problem", code });
  };
  const Recognition = self.SpeechRecognition ?? self.webkitSpeechRecognition;
  const begun = () => {
    place.removeAttribute("aria-busy");
    label(place, text, true);
  };
  // Until the microphone is there.
  place.setAttribute("aria-busy", "true");
  listening = {};
  listening.stop = config.voice?.transcribe ? byServer(place, panel, area, put, begun, over) : byBrowser(Recognition, locale, area, put, begun, over);
};
