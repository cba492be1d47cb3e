// An owner changes how the chat looks and what it says, and sees it before and after saving.
import { expect, test } from "../support/fixtures.ts";
import { Panel } from "../support/panel.ts";

const TEAL = /rgb\(15, 118, 110\)/;

test("a colour and a greeting: first in the preview, then, once saved, on the site", async ({ page: before, browser, operator, api, hosts }) => {
  const site = await api.site();
  const url = hosts.page({ head: site.tag });
  const { page } = operator;
  await page.goto(`${operator.origin}/dashboard/sites/${site.publicId}/settings`);
  const preview = page.frameLocator('iframe[title="Preview of the chat"]');
  await expect(preview.getByRole("heading", { name: site.name })).toBeVisible();
  await page.getByRole("textbox", { name: "Main", exact: true }).fill("#0f766e");
  await page.getByRole("textbox", { name: "Greeting", exact: true }).fill("Ahoy from the harbour!");
  await expect(preview.getByRole("heading", { name: "Ahoy from the harbour!" })).toBeVisible();
  await expect(preview.locator(".header")).toHaveCSS("background-image", TEAL);

  await before.goto(url);
  const untouched = await new Panel(before).open();
  await expect(untouched.frame.getByRole("heading", { name: site.name })).toBeVisible();
  await expect(untouched.frame.getByRole("heading", { name: "Ahoy from the harbour!" })).toHaveCount(0);

  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect(page.getByText("Unsaved changes")).toHaveCount(0);
  // Whoever was there in the last minute may still have the old looks at hand.
  const after = await browser.newContext();
  const panel = new Panel(await after.newPage());
  await panel.page.goto(url);
  await panel.open();
  await expect(panel.frame.getByRole("heading", { name: "Ahoy from the harbour!" })).toBeVisible();
  await expect(panel.frame.locator(".header")).toHaveCSS("background-image", TEAL);
  await after.close();
});

test("contact and legal details are found in the chat's menu, by keyboard too", async ({ page: visitor, operator, api, hosts }) => {
  const site = await api.site({ language: "de" });
  const { page } = operator;
  await page.goto(`${operator.origin}/dashboard/sites/${site.publicId}/settings`);
  for (const [label, value] of [
    ["Email", "help@acme.example"],
    ["Phone", "+49 (0) 30 12345"],
    ["Website", "https://acme.example"],
    ["Contact page", "https://acme.example/contact"],
    ["Terms of service", "https://acme.example/terms"],
    ["Privacy policy", "https://acme.example/privacy"],
  ] as const) {
    await page.getByRole("textbox", { name: label, exact: true }).fill(value);
  }
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();

  await visitor.goto(hosts.page({ head: site.tag.replace("<script ", '<script data-locale="de" ') }));
  const { frame, launcher } = new Panel(visitor);
  await launcher.click();
  const menu = frame.getByRole("button", { name: "Weitere Optionen" });
  await menu.press("Enter");
  const links = [
    ["Telefon +49 (0) 30 12345", "tel:+493012345"],
    ["E-Mail help@acme.example", "mailto:help@acme.example"],
    ["Kontaktseite", "https://acme.example/contact"],
    ["Website", "https://acme.example"],
    ["Datenschutz", "https://acme.example/privacy"],
    ["Bedingungen", "https://acme.example/terms"],
  ] as const;
  for (const [name, address] of links) await expect(frame.getByRole("link", { name, exact: true })).toHaveAttribute("href", address);
  // In reading order, each one step of the keyboard after the last.
  await frame.getByRole("link", { name: links[0][0] }).focus();
  for (const [name] of links.slice(1)) {
    await visitor.keyboard.press("Tab");
    await expect(frame.getByRole("link", { name, exact: true })).toBeFocused();
  }
  await visitor.keyboard.press("Escape");
  await expect(menu).toBeFocused();
});

test("an owner writes nudges, choices and the question before links in another language, and a new name of a field keeps them", async ({ operator, api }) => {
  const topic = { name: "topic", label: "About", type: "select", required: true, options: ["Sales", "Repairs"] };
  const site = await api.site({ preChatFields: [topic], linkSafety: { enabled: true, label: "You are leaving us." } });
  const nudge = await api.call<{ id: number }>("POST", "/api/nudges", { chatbotId: site.publicId, text: "Need a hand?" });
  const { page } = operator;
  const config = (locale: string) =>
    api.call<{ pre_chat_fields: object[]; link_safety: object; nudges: object[] }>("GET", `/widget/config?bot_id=${site.publicId}&locale=${locale}`);
  const save = async () => {
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText("Unsaved changes")).toHaveCount(0);
  };
  await page.goto(`${operator.origin}/dashboard/sites/${site.publicId}/settings`);
  await page.getByLabel("Add a language").selectOption({ label: "Deutsch" });
  for (const [label, words] of [
    ["Label of “About”", "Thema"],
    ["“Repairs” of “About”", "Reparatur"],
    ["Question before foreign links", "Sie verlassen uns."],
    ["Nudge “Need a hand?”", "Brauchen Sie Hilfe?"],
  ] as const) {
    await page.getByRole("textbox", { name: label, exact: true }).fill(words);
  }
  await save();
  const german = {
    pre_chat_fields: [{ ...topic, label: "Thema", option_labels: ["Sales", "Reparatur"] }],
    link_safety: { enabled: true, allowed_domains: [], label: "Sie verlassen uns." },
    nudges: [{ id: nudge.id, text: "Brauchen Sie Hilfe?" }],
  };
  expect(await config("de")).toMatchObject(german);
  expect(await config("en")).toMatchObject({ pre_chat_fields: [topic], link_safety: { label: "You are leaving us." }, nudges: [{ text: "Need a hand?" }] });

  await page.getByRole("textbox", { name: "Short name" }).fill("reason");
  await page.getByRole("textbox", { name: "Choices" }).fill("Sales\nRepairs and parts");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("textbox", { name: "“Repairs and parts” of “About”" })).toHaveValue("Reparatur");
  await save();
  const [field] = (await config("de")).pre_chat_fields;
  expect(field).toMatchObject({ name: "reason", label: "Thema", options: ["Sales", "Repairs and parts"], option_labels: ["Sales", "Reparatur"] });

  // What is shown is what is stored: also after the page was left.
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Nudge “Need a hand?”" })).toHaveValue("Brauchen Sie Hilfe?");
  await expect(page.getByRole("textbox", { name: "Question before foreign links" })).toHaveValue("Sie verlassen uns.");
});

test("a field that is typed through the name of another one keeps its own translations, and leaves the other's", async ({ operator, api }) => {
  const fields = ["top", "place"].map((name) => ({ name, label: `The ${name}`, type: "text", required: false }));
  const site = await api.site({ preChatFields: fields, translations: { de: { pre_chat_labels: { top: "Oben", place: "Ort" } } } });
  const { page } = operator;
  await page.goto(`${operator.origin}/dashboard/sites/${site.publicId}/settings`);
  const name = page.getByRole("textbox", { name: "Short name" }).nth(1);
  // On the way from one to the other it is "top".
  await name.press("ControlOrMeta+a");
  await name.pressSequentially("topic");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("textbox", { name: "Label of “The place”" })).toHaveValue("Ort");
  await page.getByRole("textbox", { name: "Short name" }).first().fill("place");
  // Nobody has to leave the field before it can be saved.
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Unsaved changes")).toHaveCount(0);
  const config = await api.call<{ pre_chat_fields: object[] }>("GET", `/widget/config?bot_id=${site.publicId}&locale=de`);
  expect(config.pre_chat_fields).toMatchObject([
    { name: "place", label: "Oben" },
    { name: "topic", label: "Ort" },
  ]);
});

test("more words in all languages than a site may have are refused where they stand, and are not lost", async ({ operator, api }) => {
  const languages = ["ar", "bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "he", "hi", "hu", "it", "ja", "ko", "lt", "nl", "pl", "pt"];
  const full = { greeting_text: "x".repeat(1_000), welcome_message: "x".repeat(1_000), offline_message: "x".repeat(1_000), consent_text: "x".repeat(2_000) };
  const site = await api.site({ translations: Object.fromEntries(languages.map((tag) => [tag, full])) });
  const { page } = operator;
  const sent: string[] = [];
  page.on("request", (request) => request.method() === "PATCH" && sent.push(request.url()));
  await page.goto(`${operator.origin}/dashboard/sites/${site.publicId}/settings`);
  const questions = page.locator("#translations").getByRole("textbox", { name: "Questions to start with" }).first();
  await questions.fill("Wo?");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const refusal = page.locator("#translations").getByText("All languages together may hold 100000 characters. These are 100003.");
  await expect(refusal).toBeInViewport();
  expect(sent).toEqual([]);
  await expect(questions).toHaveValue("Wo?");
  await page.locator("#translations").getByRole("textbox", { name: "Greeting" }).first().fill("x".repeat(997));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect(refusal).toHaveCount(0);
});
