// What other widgets cost the same page: figures of one run on 2026-11-20 (Chromium 156, medians of 5 cold visits). The peers cannot be
// fetched by every run, so what can be compared between two machines is the ratio to the floor page, which every run measures too.

/** Kilobytes of brotli before and after opening, requests before, milliseconds of the host's script before, and on the slow profile from
 * navigation to the launcher and from a press at once to a usable panel. None: it never became usable, or has no launcher. */
const row = (name, before, after, requests, script, launcher, usable) => ({ name, before, after, requests, script, launcher, usable });

export const FLOOR = row("floor", 1.05, 1.88, 1, 1.3, 701, 395);

export const PEERS = [
  row("deep-chat 2.4.2 (no launcher)", 91.9, 91.9, 1, 8.5, 1_195, 0),
  row("Papercups 1.3.1 (launcher only)", 109, 109, 5, 31.5, 2_138, NaN),
  row("Typebot 0.10.7", 164, 164, 1, 27.5, 1_716, 906),
  row("AnythingLLM embed 1.16.0", 176, 176, 2, 36.6, 2_045, 380),
  row("Persona 4.17.0", 191, 211, 5, 3.5, 1_135, 1_046),
  row("Botpress webchat 4.5.2", 213, 213, 8, 46.9, 2_087, 322),
  row("LibreDesk 2.7.0", 222, 222, 14, 2.1, 4_063, 66),
  row("Flowise embed 3.1.6", 242, 242, 1, 17.4, 2_287, 139),
  row("Chatwoot 4.5.2", 338, 551, 28, 6.6, 3_224, 1_693),
  row("Rocket.Chat livechat 1.13.3", 377, 377, 16, 5.2, 5_069, 70),
  row("n8n chat 1.37.0", 481, 481, 7, 51.7, 4_010, 303),
  row("Tiledesk 5.2.3", 1_085, 1_085, 16, 105, 12_487, NaN),
  row("Chainlit copilot 2.12.0", 1_953, 1_956, 11, 158, 14_485, 471),
];
