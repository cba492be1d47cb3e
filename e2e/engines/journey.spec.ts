// The main journey in the engines of Firefox and Safari: ask, read on after a reload, ask for a person, hear them, close.
import { existsSync, readFileSync } from "node:fs";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { engines } from "../support/engines.ts";

const found = engines();

test("the engines that the set-up installs on this system are there", () => {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const [, distribution] = /^ID=(\w+)$/m.exec(release) ?? [];
  const installed = { debian: ["Firefox", "WebKit"], ubuntu: ["WebKit"] }[distribution ?? ""] ?? [];
  expect([...found.keys()]).toEqual(expect.arrayContaining(installed));
});

for (const [name, start] of found) {
  test(`the main journey in ${name}`, async ({ hosts, api }) => {
    test.slow();
    const site = await api.site({}, BIKES);
    const visitor = await start();
    const words = () => visitor.inPanel<string>(`return document.querySelector('[role="log"]')?.innerText ?? ""`);
    const press = (label: string) =>
      visitor.inPanel<boolean>(
        `const all = [...document.querySelectorAll("button")];
         const found = all.find((one) => (one.getAttribute("aria-label") ?? one.innerText).trim() === ${JSON.stringify(label)});
         found?.click(); return Boolean(found)`,
      );
    const canWrite = () => visitor.inPanel<boolean>(`return Boolean(document.querySelector("textarea")?.offsetWidth)`);
    const launcher = (attribute: string) =>
      visitor.inPage<string>(`return document.querySelector("parlance-chat").shadowRoot.querySelector('[aria-haspopup="dialog"]').getAttribute("${attribute}")`);
    const open = async () => {
      await expect.poll(() => visitor.inPage<boolean>(`return Boolean(document.querySelector("parlance-chat"))`)).toBe(true);
      // It comes in with a movement, and cannot be pressed at its beginning.
      await expect(() => visitor.pressLauncher()).toPass();
      await expect.poll(() => canWrite().catch(() => false)).toBe(true);
    };
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
}
