// What a site's style settings change, from the owner's API to the launcher and the panel that a visitor sees.
import type { Page } from "@playwright/test";
import { violations } from "../support/axe.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

test.use({ contextOptions: { reducedMotion: "reduce" } });

/** What is seen of the launcher, of the box that the panel stands in, and of the panel. */
async function looksOf(page: Page, panel: Panel): Promise<Record<string, string>> {
  const frame = page.locator("parlance-chat iframe");
  const places = async () => [await panel.launcher.boundingBox(), await frame.boundingBox()];
  const launcher = await panel.launcher.evaluate((button) => {
    const { backgroundColor, borderRadius, boxShadow } = getComputedStyle(button);
    return { ground: backgroundColor, corner: borderRadius, shadow: boxShadow };
  });
  const box = await frame.evaluate((element) => {
    const { backgroundColor, borderRadius } = getComputedStyle(element.parentElement!);
    return { ground: backgroundColor, corner: borderRadius };
  });
  await panel.composer.fill("x");
  await panel.button("More options").click();
  await expect(panel.button("More options")).toHaveAttribute("aria-expanded", "true");
  const inside = await panel.frame.locator("body").evaluate((body) => {
    const style = (selector: string) => getComputedStyle(body.querySelector(selector)!);
    return {
      ground: style(".panel").backgroundColor,
      text: style(".panel").color,
      header: style(".header").backgroundImage,
      button: style(".send").backgroundColor,
      glow: style(".send").boxShadow,
      corner: style(".composer").borderRadius,
      shadow: style(".items").boxShadow,
    };
  });
  const [at, of] = await places();
  return {
    ...named("launcher", { ...launcher, place: `${at!.x} ${at!.y}` }),
    ...named("box", { ...box, place: `${of!.x} ${of!.y} ${of!.height}` }),
    ...named("panel", inside),
  };
}

const named = (place: string, seen: Record<string, string>) => Object.fromEntries(Object.entries(seen).map(([name, value]) => [`${place}'s ${name}`, value]));

const GLOW = { glowSize: "medium", glowStrength: "strong" };
/** A setting, its values, what goes with them, and where each value is seen. */
const SETTINGS: [string, unknown[], Record<string, unknown>, string[]][] = [
  ["cornerStyle", ["rounded", "square", "pill"], {}, ["launcher's corner", "box's corner", "panel's corner"]],
  ["dropShadow", ["none", "soft", "strong"], {}, ["launcher's shadow", "panel's shadow"]],
  ["glowSize", ["none", "small", "medium", "large"], GLOW, ["launcher's shadow", "panel's glow"]],
  ["glowStrength", ["none", "soft", "strong"], GLOW, ["launcher's shadow", "panel's glow"]],
  ["glowColor", ["#f59e0b", "#22d3ee"], GLOW, ["launcher's shadow", "panel's glow"]],
  ["buttonColor", ["#0f766e", "#7c2d12"], {}, ["launcher's ground", "panel's button"]],
  ["primaryColor", ["#0f766e", "#7c2d12"], {}, ["panel's header"]],
  ["bgColor", ["#ffffff", "#fff7ed"], {}, ["box's ground", "panel's ground"]],
  ["fontColor", ["#111827", "#3b0764"], {}, ["panel's text"]],
  ["position", ["bottom-right", "bottom-left", "top-right", "top-left"], {}, ["launcher's place", "box's place"]],
  ["offsetX", [0, 20, 120], {}, ["launcher's place", "box's place"]],
  ["offsetY", [0, 20, 120], {}, ["launcher's place", "box's place"]],
];

for (const [setting, values, others, seen] of SETTINGS) {
  test(`every ${setting} is seen: ${seen.join(", ")}`, async ({ page, hosts, api }) => {
    const looks: Record<string, string>[] = [];
    for (const value of values) {
      const site = await api.site({ ...others, [setting]: value });
      await page.goto(hosts.page({ head: site.tag }));
      looks.push(await looksOf(page, await new Panel(page).open()));
    }
    for (const name of seen) expect(new Set(looks.map((look) => look[name])).size, `${name}: ${looks.map((look) => look[name]).join(" | ")}`).toBe(values.length);
  });
}

const numbers = (color: string) => color.match(/[\d.]+/g)!.slice(0, 3).map(Number);
const luminance = (color: string) => {
  const part = (value: number) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const [red, green, blue] = numbers(color).map(part);
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
};
const contrast = (one: string, other: string) => {
  const [bright, dim] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright! + 0.05) / (dim! + 0.05);
};

/** Primary, ground, letters, buttons, glow: as nobody should choose them. */
const PALETTES: [string, string[]][] = [
  ["yellow on white", ["#ffff00", "#ffffff", "#ffff66", "#ffee00", "#ffffff"]],
  ["white on white", ["#ffffff", "#ffffff", "#ffffff", "#ffffff", "#ffffff"]],
  ["black on black", ["#000000", "#000000", "#000000", "#000000", "#000000"]],
  ["grey on grey", ["#808080", "#777777", "#7f7f7f", "#808080", "#888888"]],
  ["pure colours on each other", ["#ff0000", "#0000ff", "#00ff00", "#ff00ff", "#00ffff"]],
];

for (const [name, [primaryColor, bgColor, fontColor, buttonColor, glowColor]] of PALETTES) {
  test(`${name}: every word can be read, in light and dark`, async ({ page, hosts, api }) => {
    const colors = { primaryColor, bgColor, fontColor, buttonColor, glowColor };
    const site = await api.site({ ...colors, ...GLOW, starterQuestions: ["What does an inspection cost?", "How long do I have to return a bike?"] }, BIKES);
    await page.goto(hosts.page({ head: site.tag }));
    const panel = await new Panel(page).open();
    expect(await violations(page)).toEqual([]);
    await panel.button("What does an inspection cost?").click();
    await expect(panel.answer("89 euros")).toBeVisible();
    await expect(panel.own("inspection")).toContainText("Sent");
    await panel.composer.fill("x");
    await panel.button("More options").click();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      if (colorScheme === "dark") await expect(panel.frame.locator("html")).toHaveAttribute("data-scheme", "dark");
      expect(await violations(page), colorScheme).toEqual([]);
      const launcher = await panel.launcher.evaluate((button) => [getComputedStyle(button).color, getComputedStyle(button).backgroundColor] as const);
      expect(contrast(...launcher), `the launcher's sign, ${launcher}`).toBeGreaterThanOrEqual(3);
      // Axe does not judge words on a gradient, nor signs.
      const [words, ground, onButton, button] = await panel.frame.locator("body").evaluate((body) => {
        const style = (selector: string) => getComputedStyle(body.querySelector(selector)!);
        return [style(".who h2").color, style(".header").backgroundImage, style(".send").color, style(".send").backgroundColor] as const;
      });
      const ends = ground.match(/rgba?\([^)]*\)/g)!;
      expect(ends).toHaveLength(2);
      for (const end of ends) expect(contrast(words, end), `the header's words, ${words} on ${end}`).toBeGreaterThanOrEqual(4.5);
      expect(contrast(onButton, button), `the button's sign, ${onButton} on ${button}`).toBeGreaterThanOrEqual(3);
    }
  });
}

const NIGHT = "rgb(23, 24, 30)";
const PAPER = "rgb(255, 255, 255)";

/** The grounds of the launcher's hint, of the panel's box and of the panel. */
async function groundsOf(page: Page, panel: Panel): Promise<string[]> {
  const outside = await page.locator("parlance-chat").evaluate((host) => ["span", "div"].map((name) => getComputedStyle(host.shadowRoot!.querySelector(name)!).backgroundColor));
  return [...outside, await panel.frame.locator(".panel").evaluate((element) => getComputedStyle(element).backgroundColor)];
}

for (const [where, setting, attribute, call] of [
  ["nowhere", "auto", "", ""],
  ["by the tag, over a site that is dark", "dark", "auto", ""],
  ["by the page's call, over a tag that is light", "auto", "light", "auto"],
] as const) {
  test(`the system turns dark and light while the panel is open, and the theme is fixed ${where}: all follow`, async ({ page, hosts, api }) => {
    const site = await api.site({ theme: setting });
    await page.goto(hosts.page({ head: attribute ? site.tag.replace("async", `async data-theme="${attribute}"`) : site.tag }));
    const panel = await new Panel(page).open();
    if (call) await page.evaluate((theme) => (window as unknown as { Parlance: { setTheme(theme: string): void } }).Parlance.setTheme(theme), call);
    await panel.composer.fill("half a sen");
    for (const colorScheme of ["dark", "light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await expect.poll(() => groundsOf(page, panel)).toEqual(Array(3).fill(colorScheme === "dark" ? NIGHT : PAPER));
    }
    await expect(panel.composer).toHaveValue("half a sen");
    await expect(panel.composer).toBeFocused();
  });
}

for (const [where, setting, attribute, call] of [
  ["the site", "light", "", ""],
  ["the tag", "auto", "dark", ""],
  ["the page's call", "light", "light", "dark"],
] as const) {
  test(`a theme that ${where} has fixed stays, whatever the system does`, async ({ page, hosts, api }) => {
    const site = await api.site({ theme: setting });
    await page.goto(hosts.page({ head: attribute ? site.tag.replace("async", `async data-theme="${attribute}"`) : site.tag }));
    const panel = await new Panel(page).open();
    if (call) await page.evaluate((theme) => (window as unknown as { Parlance: { setTheme(theme: string): void } }).Parlance.setTheme(theme), call);
    const grounds = Array(3).fill((call || attribute || setting) === "dark" ? NIGHT : PAPER);
    await expect.poll(() => groundsOf(page, panel)).toEqual(grounds);
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      // Whoever hears of it has heard of it by now.
      await panel.frame.locator("body").evaluate(
        (_, scheme) => new Promise<void>((resolve) => (matchMedia(`(prefers-color-scheme:${scheme})`).matches ? requestAnimationFrame(() => requestAnimationFrame(() => resolve())) : matchMedia(`(prefers-color-scheme:${scheme})`).addEventListener("change", () => resolve()))),
        colorScheme,
      );
      expect(await groundsOf(page, panel)).toEqual(grounds);
    }
  });
}
