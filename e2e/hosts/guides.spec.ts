// What docs/guides.md tells people to paste, pasted: with nothing changed but the server's address and the site.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileScript, compileTemplate, parse } from "vue/compiler-sfc";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { focused, Panel } from "../support/panel.ts";
import type { Site } from "../support/api.ts";

const GUIDES = readFileSync(new URL("../../docs/guides.md", import.meta.url), "utf8");
const HERE = fileURLToPath(new URL("..", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../../sdk/js/widget.js", import.meta.url));

/** The blocks of a kind under a heading, in their order, for this server and site. */
function pasted(heading: string, kind: string, origin: string, site: Site): string[] {
  const [, section] = GUIDES.split(new RegExp(`^## .*${heading}.*$`, "m"));
  const [own] = section!.split(/^## /m);
  return [...own!.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, text]) =>
    text!.replaceAll("https://chat.example.com", origin).replaceAll("site_…", site.publicId),
  );
}

/** An application of modules as one script. */
function bundled(entry: string, loader: "jsx" | "js"): string {
  const options = ["--bundle", `--loader=${loader}`, "--jsx=automatic", "--define:process.env.NODE_ENV=\"development\"", `--alias:parlance/widget.js=${PACKAGE}`];
  return execFileSync("esbuild", [...options, "--log-level=error"], { input: entry, cwd: HERE, maxBuffer: 1 << 26 }).toString();
}

test("plain HTML: the tag, and a button of one's own", async ({ page, hosts, api, server }) => {
  const site = await api.site({}, BIKES);
  const [tag, button] = pasted("plain HTML page", "html", server.origin, site);
  await page.goto(hosts.page({ body: tag! }));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await page.goto(hosts.page({ body: button! }));
  await page.getByRole("button", { name: "Ask us" }).click();
  await focused(page, panel.composer);
  await expect(panel.answer("30 days")).toBeVisible();
  await expect(panel.launcher).toHaveCount(0);
});

test("Google Tag Manager: the script that makes the tag", async ({ page, hosts, api, server }) => {
  const site = await api.site();
  const [script] = pasted("Google Tag Manager", "html", server.origin, site);
  await page.goto(hosts.page({ body: script! }));
  await new Panel(page).open();
});

test("React, in strict mode: one chat, which outlives its component; and inside the page", async ({ page, hosts, api, server }) => {
  const site = await api.site({}, BIKES);
  const [corner, inside] = pasted("React", "jsx", server.origin, site);
  const start = (name: string) => `
    import { StrictMode, useState } from "react";
    import { createRoot } from "react-dom/client";
    function App() {
      const [isShown, show] = useState(true);
      return <><button onClick={() => show(!isShown)}>Turn the page</button>{isShown && <${name} />}</>;
    }
    createRoot(document.querySelector("#app")).render(<StrictMode><App /></StrictMode>);`;
  const app = (text: string, name: string) => {
    const script = hosts.file(`/${name}-${site.publicId}.js`, bundled(text.replace("export function", "function") + start(name), "jsx"), "text/javascript");
    return hosts.page({ body: `<div id="app"></div><script src="${script}"></script>` });
  };
  await page.goto(app(corner!, "Chat"));
  const panel = await new Panel(page).open();
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await expect(page.locator("parlance-chat")).toHaveCount(1);
  for (let turn = 0; turn < 2; turn++) await page.getByRole("button", { name: "Turn the page" }).click();
  await expect(page.locator("parlance-chat")).toHaveCount(1);
  await expect(panel.answer("30 days")).toBeVisible();

  await page.goto(app(inside!, "Help"));
  await expect(panel.answer("30 days")).toBeVisible();
  const place = (await page.locator("#help").boundingBox())!;
  expect(await page.locator("parlance-chat iframe").boundingBox()).toEqual(place);
  await page.getByRole("button", { name: "Turn the page" }).click();
  await expect(page.locator("parlance-chat iframe")).toHaveCount(0);
  await page.getByRole("button", { name: "Turn the page" }).click();
  await expect(panel.answer("30 days")).toBeVisible();
});

test("Vue: a button of one's own with what is unread", async ({ page, hosts, api, server }) => {
  const site = await api.site({}, BIKES);
  const [component] = pasted("Vue", "vue", server.origin, site);
  const { descriptor } = parse(component!);
  const { content, bindings } = compileScript(descriptor, { id: "chat" });
  const template = compileTemplate({ id: "chat", filename: "Chat.vue", source: descriptor.template!.content, compilerOptions: { bindingMetadata: bindings! } });
  const entry = `${content.replace("export default", "const component =")}
    ${template.code.replace("export function render", "function render")}
    import { createApp } from "vue";
    createApp({ ...component, render }).mount("#app");`;
  const script = hosts.file(`/vue-${site.publicId}.js`, bundled(entry, "js"), "text/javascript");
  await page.goto(hosts.page({ body: `<div id="app"></div><script src="${script}"></script>` }));
  const ask = page.getByRole("button", { name: "Ask us (0)" });
  await ask.click();
  const panel = new Panel(page);
  await focused(page, panel.composer);
  await panel.send("How long do I have to return a bike?");
  await expect(panel.answer("30 days")).toBeVisible();
  await panel.button("Close chat").click();
  const [conversation] = (await api.conversations(site)).data;
  await api.reply(conversation!.id, "Is there anything else?");
  await expect(page.getByRole("button", { name: "Ask us (1)" })).toBeVisible();
});
