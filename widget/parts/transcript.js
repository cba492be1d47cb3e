// Hands the conversation over as a text to keep.
import { el } from "./dom.js";

export default async ({ get }) => {
  const reply = await get("transcript?format=txt");
  const [, download = "conversation.txt"] = /filename="([^"]+)"/.exec(reply.headers.get("content-disposition")) ?? [];
  const href = URL.createObjectURL(await reply.blob());
  el("a", { href, download }).click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
};
