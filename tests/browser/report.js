// The built report and the browser that reads it: every page is opened as a file, nothing is served.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

/** The project's folder. */
export const project = resolve(import.meta.dirname, "../..");

export const folder = resolve(process.env.REPORT ?? join(project, "reports/okamoto2020"));

const manifest = join(folder, "manifest.json");
if (!existsSync(manifest)) {
  console.error(`${folder}: no report is there; run: make report`);
  process.exit(2);
}
export const languages = JSON.parse(readFileSync(manifest, "utf8")).languages;

/** Every page of the site, the search page and the choice of a language included. */
export const pages = [
  { name: "index.html", language: languages[0], path: join(folder, "index.html"), front: true },
  ...languages.flatMap((language) =>
    readdirSync(join(folder, language))
      .filter((name) => name.endsWith(".html"))
      .sort()
      .map((name) => ({ name: `${language}/${name}`, language, path: join(folder, language, name) })),
  ),
];

export const url = (path) => pathToFileURL(path).href;

/** A page's address by language and file name: `address("ja", "phases.html")`. */
export const address = (language, name) => url(join(folder, language, name));

/** Start the browser with nothing of its own going out; `test.after(() => browser.close())`. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/**
 * Open an address in a page of its own and give it to `read`; close it afterwards.
 *
 * `options` are the browser context's (viewport, colorScheme …). The page carries `complaints`:
 * console errors, exceptions, failed requests and any request that would leave the machine.
 */
export async function visit(browser, where, read, options = {}) {
  const context = await browser.newContext(options);
  try {
    if (options.script) await context.addInitScript({ path: options.script });
    const page = await context.newPage();
    page.complaints = [];
    page.on("console", (said) => {
      if (["error", "warning"].includes(said.type())) page.complaints.push(`console: ${said.text()}`);
    });
    page.on("pageerror", (error) => page.complaints.push(`exception: ${error.message}`));
    page.on("requestfailed", (request) => {
      // A picture still on its way when the reader follows a link is given up: that is no fault.
      const why = request.failure()?.errorText;
      if (why !== "net::ERR_ABORTED") page.complaints.push(`request failed: ${request.url()} (${why})`);
    });
    page.on("request", (request) => {
      if (!/^(file|data|blob|about):/.test(request.url())) {
        page.complaints.push(`outgoing request: ${request.url()}`);
      }
    });
    await page.goto(where, { waitUntil: "load" });
    return await read(page);
  } finally {
    await context.close();
  }
}

/** Fail with one line a fault (FAULTS of them at most), so that the first look says what to mend. */
export function none(faults, what) {
  if (faults.length) {
    const most = Number(process.env.FAULTS ?? 40);
    const shown = faults.slice(0, most).map((fault) => `  ${fault}`);
    const more = faults.length > most ? [`  … and ${faults.length - most} more`] : [];
    throw new Error([`${what}: ${faults.length}`, ...shown, ...more].join("\n"));
  }
}
