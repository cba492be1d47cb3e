import { defineConfig } from "@playwright/test";

const chromium = process.env.PARLANCE_CHROMIUM ?? process.env.CHROMIUM ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  reporter: "list",
  // What is measured is measured alone: `npm test` runs the second after the first, with one worker.
  projects: [
    { name: "product", testIgnore: "speed/**" },
    { name: "speed", testMatch: "speed/**/*.spec.ts" },
  ],
  // Each worker runs a server and a browser of its own.
  workers: 2,
  fullyParallel: true,
  // Where a change is judged by one run, a test that fails is tried once more. What passes then is named at the end of the run as unsteady: a
  // defect of the product or of the test, to be found, but no verdict on the change.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 45_000,
  // Another version of the browser draws a few edges in another way.
  expect: { timeout: 15_000, toHaveScreenshot: { maxDiffPixelRatio: 0.01 } },
  snapshotPathTemplate: "{testDir}/visual/baselines/{arg}{ext}",
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    colorScheme: "light",
    viewport: { width: 1200, height: 800 },
    // Pictures of every step would cost more than the steps.
    trace: { mode: "retain-on-failure", screenshots: false, sources: false },
    launchOptions: {
      executablePath: chromium,
      args: [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        // Letters are placed alike on every machine.
        "--font-render-hinting=none",
      ],
    },
  },
});
