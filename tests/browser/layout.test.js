// The pages on narrow and wide screens, enlarged and on paper; and pictures for people to look at.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { address, folder, languages, none, pages, pictures, startBrowser, url, visit } from "./report.js";

let browser;
before(async () => { browser = await startBrowser(); mkdirSync(pictures, { recursive: true }); });
after(() => browser.close());

/** What sticks out of the page to the right, outermost first. */
function stickingOut() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > width + 1)
    .filter((e) => {
      for (let up = e.parentElement; up && up !== document.body; up = up.parentElement) {
        if (getComputedStyle(up).overflowX !== "visible") return false;
      }
      return true;
    })
    .slice(0, 3).map((e) => `${Math.round(e.getBoundingClientRect().right)} of ${width} px: ${e.outerHTML.slice(0, 90)}`);
}

const screens = { // a page enlarged to 200 % has half the width for its text
  "360 px wide": [360, 740],
  "390 px wide": [390, 844],
  "768 px wide": [768, 1024],
  "1280 px, enlarged to 200 %": [640, 450],
  "1280 px, enlarged to 400 %": [320, 256],
};
for (const { name, path } of pages) {
  test(`${name} does not scroll sideways, narrow, enlarged or with text twice as large`, async () => {
    const faults = [];
    await visit(browser, url(path), async (page) => {
      for (const [screen, [width, height]] of Object.entries(screens)) {
        await page.setViewportSize({ width, height });
        faults.push(...(await page.evaluate(stickingOut)).map((fault) => `${screen}: ${fault}`));
      }
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
      faults.push(...(await page.evaluate(stickingOut)).map((fault) => `large text: ${fault}`));
    });
    none(faults, "sideways scrolling");
  });
}

test("on a telephone a link of the navigation is large enough for a finger", async () => {
  const faults = [];
  for (const language of languages) {
    faults.push(...await visit(browser, address(language, "index.html"), (page) => page.evaluate(() =>
      [...document.querySelectorAll("header a:not(.skip), header button, header input")]
        .filter((e) => e.getBoundingClientRect().height < 24)
        .map((e) => `${e.textContent}: ${Math.round(e.getBoundingClientRect().height)} px high`)),
    { viewport: { width: 360, height: 740 } }));
  }
  none(faults, "targets under 24 px");
});

for (const { name, path } of pages) {
  const picture = join(pictures, name.replace("/", "-").replace(".html", ""));

  test(`${name} prints, and has its picture taken for people to look at`, async () => {
    await visit(browser, url(path), async (page) => {
      await page.evaluate(() => Promise.all([...document.images].map((image) => {
        image.loading = "eager"; // what lies below the screen would stay empty
        return image.decode();
      })));
      for (const width of [360, 768, 1600]) {
        await page.setViewportSize({ width, height: width === 360 ? 740 : 1000 });
        await page.screenshot({
          fullPage: !/evidence-|data/.test(name), // which are many screens long
          path: `${picture}-${width}.png`,
        });
      }
      await page.emulateMedia({ colorScheme: "dark" });
      await page.screenshot({ fullPage: !/evidence-|data/.test(name), path: `${picture}-dark-1600.png` });
      await page.emulateMedia({ media: "print" });
      const hidden = await page.evaluate(() => [...document.querySelectorAll("header nav, .skip, .switch")]
        .filter((e) => e.getClientRects().length).length);
      assert.equal(hidden, 0, "navigation stays off the paper");
      const pdf = await page.pdf({ format: "A4", path: `${picture}.pdf` });
      assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
      assert.ok(pdf.length > 5000, `${pdf.length} bytes`);
    });
  });
}

for (const language of languages) {
  test(`${language}: the text of a figure is at least 11 px at every width`, async () => {
    const faults = [];
    for (const { name, path } of pages.filter((p) => p.language === language && !p.front && !/evidence-/.test(p.name))) {
      await visit(browser, url(path), async (page) => {
        for (const width of [390, 768, 1000, 1400]) {
          await page.setViewportSize({ width, height: 900 });
          faults.push(...(await page.evaluate(() => [...document.querySelectorAll("figure.exhibit .drawing")]
            .filter((svg) => svg.getClientRects().length)
            .flatMap((svg) => [...svg.querySelectorAll("text")].map((text) =>
              [parseFloat(getComputedStyle(text).fontSize) * svg.getScreenCTM().a, text.textContent]))
            .filter(([size]) => size < 10.95).map(([size, words]) => `${size.toFixed(1)} px: ${words}`)))
            .map((fault) => `${name} at ${width}: ${fault}`));
        }
      });
    }
    none(faults, "small text");
  });
}

const size = (files) => files.reduce((sum, file) => sum + statSync(file).size, 0);
const under = (path) => readdirSync(path, { recursive: true }).map((name) => join(path, name)).filter((p) => statSync(p).isFile());

test("the pages with all they need are under 15 MB", () => {
  const total = size(languages.flatMap((language) => under(join(folder, language))));
  assert.ok(total < 15e6, `${(total / 1e6).toFixed(1)} MB`);
});

test("the whole report, with PDFs, notebooks and data, is under 26 MB", () => {
  const total = size(under(folder));
  assert.ok(total < 26e6, `${(total / 1e6).toFixed(1)} MB`);
});

for (const language of languages) {
  test(`${language}: the first page is under 700 kB with its pictures`, async () => {
    await visit(browser, address(language, "index.html"), async (page) => {
      const asked = await page.evaluate(() => [
        location.pathname,
        ...[...document.images].map((image) => new URL(image.src).pathname),
        ...[...document.querySelectorAll("script[src]")].map((script) => new URL(script.src).pathname),
        ...[...document.querySelectorAll("link[rel=stylesheet]")].map((link) => new URL(link.href).pathname),
      ]);
      const parts = [...new Set(asked)].map((file) => [readFileSync(decodeURIComponent(file)).length, file]);
      const total = parts.reduce((sum, [bytes]) => sum + bytes, 0);
      const largest = parts.sort((a, b) => b[0] - a[0]).slice(0, 3).map(([bytes, file]) => `${file.split("/").pop()} ${bytes}`);
      assert.ok(total < 700e3, `${Math.round(total / 1e3)} kB; the largest: ${largest.join(", ")}`);
    });
  });
}
