// One table out of all figures, the bars that fail the build, and the files that keep both.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, type } from "node:os";
import { number, percent, ratio, medians } from "./support/figures.mjs";
import { FLOOR, PEERS } from "./widgets/peers.mjs";

/** Bytes on the wire, as tools/pack-assets.mjs holds the files to. */
const LOADER_BUDGET = 3_072;
const PANEL_BUDGET = 92_160;

const kilobytes = (bytes) => `${number(bytes / 1_000)} KB`;
const milliseconds = (value) => (Number.isFinite(value) ? `${number(value)} ms` : "–");

/** Rows of what | Parlance | beside it | ratio | promise. */
function pageRows({ control, floor, parlance }) {
  const rows = [
    ["loader, brotli", kilobytes(parlance.loaderBytes), `floor ${kilobytes(floor.loaderBytes)}`, "", `≤ ${kilobytes(LOADER_BUDGET)} (bar)`],
    ["loader's part that comes with interest, brotli", kilobytes(parlance.loaderPartBytes), "", "", ""],
    ["panel to open (wasm, glue, css, html, one language), brotli", kilobytes(parlance.panelBytes), `floor ${kilobytes(floor.panelBytes)}`, "", `≤ ${kilobytes(PANEL_BUDGET)} (bar)`],
    ["all bytes before opening / after", `${kilobytes(parlance.bytesBefore)} / ${kilobytes(parlance.bytesAfter)}`, `floor ${kilobytes(floor.bytesBefore)} / ${kilobytes(floor.bytesAfter)}`, "", ""],
    ["requests before opening / after", `${number(parlance.requestsBefore)} / ${number(parlance.requestsAfter)}`, `floor ${number(floor.requestsBefore)} / ${number(floor.requestsAfter)}`, "", ""],
    [".wasm before a visitor's intent", parlance.wasmBefore ? "yes" : "no", "", "", "no (bar)"],
    ["host main thread, script before opening", milliseconds(parlance.scriptBefore), `floor ${milliseconds(floor.scriptBefore)}, no widget ${milliseconds(control.scriptBefore)}`, "", ""],
    ["host main thread, script after opening", milliseconds(parlance.scriptAfter), `floor ${milliseconds(floor.scriptAfter)}`, "", ""],
    ["frame of the panel, all work after opening", milliseconds(parlance.frameTasks), `floor ${milliseconds(floor.frameTasks)}`, "", ""],
    ["navigation → launcher, press → panel usable", `${milliseconds(parlance.launcherMs)}, ${milliseconds(parlance.usableMs)}`, `floor ${milliseconds(floor.launcherMs)}, ${milliseconds(floor.usableMs)}`, "", ""],
  ];
  if (Number.isFinite(parlance.slowLauncherMs)) {
    const slow = ({ slowLauncherMs, slowUsableMs }) => `${milliseconds(slowLauncherMs)}, ${milliseconds(slowUsableMs)}`;
    rows.push(["the same on a slow line and processor, pressed at once", slow(parlance), `floor ${slow(floor)}`, "", ""]);
  }
  return rows;
}

function turnRows({ visitors, relay, model, builtIn, byVisitorApi, itself }) {
  const at = `${visitors} visitor${visitors === 1 ? "" : "s"}`;
  const [theirs, ours, own] = [relay, model, builtIn].map(medians);
  const promised = visitors === 32 ? "≥ 1,000 and ≥ 40 %" : "";
  const first = ({ first_text_p50_ms: p50, first_text_p99_ms: p99 }) => `${number(p50)} / ${number(p99)} ms`;
  const rows = [
    [`turns/s, scripted model, ${at}`, number(ours.turns_per_second), `bare-plain ${number(theirs.turns_per_second)}`, percent(ratio(model, relay, "turns_per_second")), promised],
    [`first text p50 / p99, scripted model, ${at}`, first(ours), `bare-plain ${first(theirs)}`, `${number(ratio(model, relay, "first_text_p50_ms"))}×`, ""],
    [`CPU for 1,000 turns, scripted model, ${at}`, `${number(ours.cpu_seconds_per_1000)} s`, `bare-plain ${number(theirs.cpu_seconds_per_1000)} s`, `${number(ratio(model, relay, "cpu_seconds_per_1000"))}×`, ""],
    [`turns/s by the visitor API's stream, scripted model, ${at}`, number(medians(byVisitorApi).turns_per_second), `bare-plain ${number(theirs.turns_per_second)}`, percent(ratio(byVisitorApi, relay, "turns_per_second")), ""],
    [`turns/s, built-in answerer, ${at}`, number(own.turns_per_second), `bare-plain ${number(theirs.turns_per_second)}`, percent(ratio(builtIn, relay, "turns_per_second")), ""],
    [`first text p50 / p99, built-in answerer, ${at}`, first(own), "", "", ""],
  ];
  if (itself) {
    const alone = medians(itself);
    const over = ours.first_text_p50_ms - alone.first_text_p50_ms;
    rows.push([`first text p50 over the model itself, ${at}`, milliseconds(over), `model ${first(alone)}`, "", "≤ 1.5 ms"]);
  }
  return rows;
}

function webhookRows({ webhooks: { perSecond, barePerSecond } }) {
  return [["webhook deliveries/s, one endpoint", number(perSecond), `a bare sender ${number(barePerSecond)}`, percent(perSecond / barePerSecond), ""]];
}

function restRows({ start, channels, relayChannels }) {
  const each = (held) => `${number(held.resident_kib_per_channel)} KB`;
  return [
    ["start on an empty database", `${number(start.seconds)} s`, "", "", "≤ 0.5 s"],
    ["RSS at rest", `${number(start.residentMib)} MB`, "", "", "≤ 60 MB"],
    [`RSS for each of ${number(channels.channels)} idle live channels`, each(channels), `bare-plain ${each(relayChannels)}`, `${number(channels.resident_kib_per_channel / relayChannels.resident_kib_per_channel)}×`, "≤ 40 KB"],
    ["channels open at the end, opened in", `${number(channels.open_at_end)}, ${number(channels.opening_seconds)} s`, `bare-plain ${number(relayChannels.open_at_end)}, ${number(relayChannels.opening_seconds)} s`, "", "10,000 in 10 s"],
    ["idle CPU with them", percent(channels.idle_cores), "", "", "≤ 5 % of a core"],
  ];
}

/** Rows of widget | KB before | KB after | requests before | times the floor's script | times the floor's slow sum. */
function peerRows({ floor, parlance }) {
  const times = (value, one) => (Number.isFinite(value / one) ? `${number(value / one)}×` : "–");
  const ours = [
    "Parlance, this run",
    number(parlance.bytesBefore / 1_000),
    number(parlance.bytesAfter / 1_000),
    number(parlance.requestsBefore),
    times(parlance.scriptBefore, floor.scriptBefore),
    times(parlance.slowLauncherMs + parlance.slowUsableMs, floor.slowLauncherMs + floor.slowUsableMs),
  ];
  const theirs = PEERS.map(({ name, before, after, requests, script, launcher, usable }) => [
    name,
    number(before),
    number(after),
    number(requests),
    times(script, FLOOR.script),
    times(launcher + usable, FLOOR.launcher + FLOOR.usable),
  ]);
  return [ours, ...theirs];
}

const HEAD = ["", "Parlance", "beside it", "ratio", "promise"];
const PEER_HEAD = ["widget", "KB before", "KB after opening", "requests before", "host script, × floor", "slow: launcher + usable, × floor"];

function table(rows, head = HEAD) {
  const lines = [head, ...rows];
  const widths = lines[0].map((_, column) => Math.max(3, ...lines.map((line) => line[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(lines[0]), rule, ...rows.map(line)].join("\n");
}

/** What fails the run. */
function broken({ page, turns, channels }) {
  const bars = [];
  if (!(page.parlance.loaderBytes <= LOADER_BUDGET)) bars.push(`the loader is ${page.parlance.loaderBytes} bytes, allowed are ${LOADER_BUDGET}`);
  if (!(page.parlance.panelBytes <= PANEL_BUDGET)) bars.push(`the panel is ${page.parlance.panelBytes} bytes, allowed are ${PANEL_BUDGET}`);
  if (page.parlance.loaderBytes === 0 || page.parlance.panelBytes === 0) bars.push("the loader or the panel was not seen on the wire");
  if (page.parlance.wasmBefore) bars.push("a .wasm file was fetched before a visitor's intent");
  for (const { relay, model, builtIn, byVisitorApi, itself = [] } of turns) {
    for (const result of [...relay, ...model, ...builtIn, ...byVisitorApi, ...itself]) bars.push(...result.notes);
  }
  for (const [failure, count] of Object.entries(channels.failures)) bars.push(`live channels: ${count} × ${failure}`);
  return bars;
}

/** Prints the table, keeps it, and gives what is over a bar. */
export function report(figures, folder) {
  const { page, turns, start, channels } = figures;
  const rows = [...pageRows(page), ...turns.flatMap(turnRows), ...webhookRows(figures), ...restRows(figures)];
  const bars = broken({ page, turns, channels });
  const notes = [...page.floor.notes, ...page.parlance.notes];
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "processor"}, ${type()} ${release()}, ${page.browser}`;
  const text = [
    `Measured ${figures.at}, ${figures.full ? "long" : "quick"} form, on ${machine}; load average ${figures.load.map(number).join(" before, ")} after.`,
    "Medians; ratios are medians of neighbouring measurements. Machines are noisy: read the ratios.",
    "",
    table(rows),
    "",
    "Beside the peers, measured on 2026-11-20 on another machine; so bytes and requests as they are, times as multiples of the floor page's in the same run:",
    "",
    table(peerRows(page), PEER_HEAD),
    ...(notes.length > 0 ? ["", "Seen on the way:", "", ...notes.map((note) => `- ${note}`)] : []),
    ...(bars.length > 0 ? ["", "Over a bar:", "", ...bars.map((bar) => `- ${bar}`)] : []),
    "",
  ].join("\n");
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/latest.md`, text);
  writeFileSync(`${folder}/latest.json`, `${JSON.stringify({ ...figures, start }, null, 1)}\n`);
  console.log(`\n${text}`);
  return bars;
}

export const currentLoad = () => loadavg()[0];
