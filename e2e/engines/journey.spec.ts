// The main journey in the engines of Firefox and Safari: ask, read on after a reload, ask for a person, hear them, close.
import { existsSync, readFileSync } from "node:fs";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { type Engine, engines } from "../support/engines.ts";

const found = engines();

test("the engines that the set-up installs on this system are there", () => {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const [, distribution] = /^ID=(\w+)$/m.exec(release) ?? [];
  const installed = { debian: ["Firefox", "WebKit"], ubuntu: ["WebKit"] }[distribution ?? ""] ?? [];
  expect([...found.keys()]).toEqual(expect.arrayContaining(installed));
});

/** What a visitor does with the widget, in any engine. */
function handsOn(visitor: Engine) {
  const words = () => visitor.inPanel<string>(`return document.querySelector('[role="log"]')?.innerText ?? ""`);
  const press = (label: string) =>
    visitor.inPanel<boolean>(
      `const all = [...document.querySelectorAll("button")];
       const found = all.find((one) => (one.getAttribute("aria-label") ?? one.innerText).trim() === ${JSON.stringify(label)});
       found?.click(); return Boolean(found)`,
    );
  const launcher = (attribute: string) =>
    visitor.inPage<string>(`return document.querySelector("parlance-chat").shadowRoot.querySelector('[aria-haspopup="dialog"]').getAttribute("${attribute}")`);
  const canWrite = () => visitor.inPanel<boolean>(`return Boolean(document.querySelector("textarea:not(#early *)")?.offsetWidth)`);
  const open = async () => {
    await expect.poll(() => visitor.inPage<boolean>(`return Boolean(document.querySelector("parlance-chat"))`)).toBe(true);
    // It comes in with a movement, and cannot be pressed at its beginning.
    await expect(() => visitor.pressLauncher()).toPass();
    await expect.poll(() => canWrite().catch(() => false)).toBe(true);
  };
  return { words, press, open, launcher };
}

for (const [name, start] of found) {
  test(`the main journey in ${name}`, async ({ hosts, api }) => {
    test.slow();
    const site = await api.site({}, BIKES);
    const visitor = await start();
    const { words, press, open, launcher } = handsOn(visitor);
    try {
      const page = hosts.page({ head: site.tag });
      await visitor.open(page);
      await open();
      await visitor.type("How long do I have to return a bike?\n");
      await expect.poll(words).toContain("30 days");
      expect(await words()).toContain("How long do I have to return a bike?");

      await visitor.open(page);
      await open();
      await expect.poll(words).toContain("30 days");

      await expect.poll(() => press("Talk to a human")).toBe(true);
      await expect.poll(() => visitor.inPanel<string>("return document.body.innerText")).toMatch(/ESC-\d+/);
      const [conversation] = (await api.conversations(site)).data;
      await api.reply(conversation!.id, "Hello, this is Maria from the workshop.");
      await expect.poll(words).toContain("this is Maria");

      expect(await press("Close chat")).toBe(true);
      await expect.poll(() => launcher("aria-expanded")).toBe("false");
      expect(await visitor.inPage<boolean>(`return document.activeElement?.tagName === "PARLANCE-CHAT"`)).toBe(true);
    } finally {
      await visitor.stop();
    }
  });

  test(`a strict page, a reload in the middle of an answer, Arabic and the end in ${name}`, async ({ hosts, modelled }) => {
    test.slow();
    const { api, model, server } = modelled;
    const tokens = Array.from({ length: 60 }, (_, index) => `wörd${index} `);
    model.script("told in two halves", { tokens, holdBefore: 20 });
    const site = await api.site({ welcomeMessage: "" });
    const policy = `default-src 'none'; script-src ${server.origin}; frame-src ${server.origin}; connect-src ${server.origin}`;
    const page = (locale: string) =>
      hosts.page({ head: site.tag.replace("<script ", `<script data-locale="${locale}" `), headers: { "content-security-policy": policy } });
    const visitor = await start();
    const { words, press, open } = handsOn(visitor);
    try {
      await visitor.open(page("en"));
      await open();
      const held = model.held();
      await visitor.type("A story told in two halves, please\n");
      await held;
      await expect.poll(words).toContain("wörd19");

      await visitor.open(page("ar"));
      await open();
      await expect.poll(words).toContain("wörd19");
      expect(await words()).not.toContain("wörd20");
      model.release();
      await expect.poll(words).toContain(tokens.join("").trim());
      expect((await words()).split("wörd59")).toHaveLength(2);
      expect(await visitor.inPanel<string>("return document.documentElement.dir + ' ' + document.documentElement.lang")).toBe("rtl ar");

      await visitor.open(page("en"));
      await open();
      await expect.poll(words).toContain("wörd59");
      const [conversation] = (await api.conversations(site)).data;
      await api.act(conversation!.id, "resolve");
      await expect.poll(words).toContain("How was this conversation?");
      expect(await visitor.inPanel<boolean>(`const star = document.querySelectorAll('[type="radio"]')[3]; star?.click(); return Boolean(star)`)).toBe(true);
      await expect.poll(() => press("Send")).toBe(true);
      await expect.poll(words).toContain("Thank you for your rating.");
    } finally {
      model.release();
      await visitor.stop();
    }
  });
}
