/** Whatever Chromium or Chrome the machine has, and pages served to it under a strict policy. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** Its path: CHROME_PATH, else the first of the usual names on the PATH. */
const browserPath =
  process.env.CHROME_PATH ??
  names.map((name) => Bun.which(name)).find((path): path is string => path !== null);

const missing = `No Chromium or Chrome was found: neither CHROME_PATH, nor ${names.join(", ")} on the PATH. The browser tests did not run.`;

/** No other host, no inline script, no eval. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'";

const switches = [
  "--headless",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Long enough for two busy cores; a wait ends before its test, so that the failure says what was awaited. */
const waitTimeout = 20_000;
export const testTimeout = 60_000;

/** Started once for each test file, and closed with the last of its groups. */
let running: Promise<Browser> | undefined;
let groups = 0;

function launch(executablePath: string): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath,
    args: isRoot ? [...switches, "--no-sandbox"] : switches,
  });
}

/** What a test opens pages with. */
export interface Tabs {
  /** A new tab; what it logs as an error, or the policy refuses, fails the test that opened it. */
  open(url: string, options?: { init?: string }): Promise<Page>;
  /** Closes the tabs of a test; throws when one of them had something to complain about. */
  close(): Promise<void>;
}

/**
 * Registers tests that need a browser. Without one, a single test says so; it fails where CI=true, which is
 * where a browser is promised.
 */
export function withBrowser(define: (tabs: Tabs) => void): void {
  if (!browserPath) {
    test("a browser is installed", () => {
      console.warn(missing);
      expect(process.env.CI === "true" ? missing : "").toBe("");
    });
    return;
  }
  setDefaultTimeout(testTimeout);
  groups++;
  let context: BrowserContext;
  let pages: Page[] = [];
  let complaints: string[] = [];
  beforeAll(async () => {
    running ??= launch(browserPath);
    context = await (await running).newContext();
  });
  afterAll(async () => {
    if (--groups > 0) return;
    await (await running)?.close();
    running = undefined;
  });
  define({
    async open(url, { init } = {}) {
      const page = await context.newPage();
      pages.push(page);
      page.setDefaultTimeout(waitTimeout);
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        // The network's own word on an answer that the test asked for, such as 422.
        const isAnswer = message.text().startsWith("Failed to load resource");
        if (message.type() === "error" && !isAnswer) complaints.push(message.text());
      });
      if (init) await page.addInitScript(init);
      await page.goto(url);
      return page;
    },
    async close() {
      const [closing, found] = [pages, complaints];
      [pages, complaints] = [[], []];
      await Promise.all(closing.map((page) => page.close()));
      expect(found).toEqual([]);
    },
  });
}

/** A file for the browser, with the policy that every page gets. */
export function asset(content: string | Blob, type: string): Response {
  return new Response(content, {
    headers: { "Content-Type": type, "Content-Security-Policy": policy },
  });
}
