// Files that a visitor chooses, pastes or drops: they go to the part that judges and uploads them.

import { fill } from "./parts.js";

const KINDS = ".png,.jpg,.jpeg,.gif,.webp,.pdf,.docx,.txt,.md,.csv,image/png,image/jpeg,image/gif,image/webp";

let tray;
let chooser;
/** What no tray has taken yet; nothing at all before the first use. */
let late;

/** Hands something to the part, in the tray of the composer that stands there now, or will. */
export const give = async (files) => {
  late ??= [];
  const place = tray;
  if (place && (await fill("files", place, files)) !== false) return;
  // The composer may be built anew while the part is fetched: what was given is not lost with the old one.
  if (tray === place) late.push(files);
  else give(files);
};

/** Lets the visitor choose files, or take a picture. */
export const choose = (isCamera) => {
  // Kept, because a chooser that nobody holds may never tell.
  chooser = document.createElement("input");
  Object.assign(chooser, { type: "file", multiple: !isCamera, accept: isCamera ? "image/*" : KINDS });
  if (isCamera) chooser.setAttribute("capture", "environment");
  chooser.onchange = () => give([...chooser.files]);
  chooser.click();
};

const holdsFiles = ({ dataTransfer }) => tray?.isConnected && [...(dataTransfer?.types ?? [])].includes("Files");

const mark = (isOver) => document.documentElement.classList.toggle("dropping", isOver);

addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  mark(true);
});
addEventListener("dragleave", ({ relatedTarget }) => relatedTarget || mark(false));
addEventListener("drop", (event) => {
  mark(false);
  if (!holdsFiles(event)) return;
  // Else the browser would leave the panel for the file.
  event.preventDefault();
  give([...event.dataTransfer.files]);
});
addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  // Programs that copy text put a picture of it beside it: then the text is meant.
  if (!tray?.isConnected || files.length === 0 || event.clipboardData.getData("text/plain")) return;
  event.preventDefault();
  give(files);
});

/** Where files are shown until their message goes out. What is there already is shown again. */
export const watchFiles = (place) => {
  tray = place;
  // The place stands in the document a moment later.
  if (late) queueMicrotask(() => [undefined, ...late.splice(0)].forEach((files) => give(files)));
};
