// A report whose every English text is an attack: in a real browser it stays text.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { none, startBrowser, url, visit } from "./report.js";

const root = resolve(import.meta.dirname, "../..");
const python = resolve(root, process.env.PYTHON_FOR_TESTS ?? ".venv/bin/python");
const folder = mkdtempSync(join(tmpdir(), "hostile-"));
const report = join(folder, "project/reports/harbour");
let browser;

before(async () => {
  execFileSync(python, [join(root, "tests/hostile_texts.py"), join(folder, "project")], {
    env: { ...process.env, PYTHONPATH: join(root, "src") }, stdio: ["ignore", "ignore", "inherit"] });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

test("nothing of a hostile study runs, asks for anything or breaks a page", async () => {
  const faults = [];
  const pages = readdirSync(join(report, "en")).filter((name) => name.endsWith(".html"));
  assert.ok(pages.length > 8);
  for (const name of pages) {
    await visit(browser, url(join(report, "en", name)), async (page) => {
      page.on("dialog", (dialog) => { faults.push(`${name}: a script ran`); dialog.dismiss(); });
      await page.waitForTimeout(200);
      const found = await page.evaluate(() => ({
        scripts: [...document.scripts].filter((script) => !script.src).length,
        pictures: [...document.images].filter((image) => image.getAttribute("src") === "x").length,
        wide: document.documentElement.scrollWidth > innerWidth,
      }));
      if (found.scripts) faults.push(`${name}: a script of the study stands in the page`);
      if (found.pictures) faults.push(`${name}: a picture of the study stands in the page`);
      if (found.wide) faults.push(`${name}: scrolls sideways`);
      faults.push(...page.complaints.map((complaint) => `${name}: ${complaint}`));
    }, { viewport: { width: 360, height: 800 } });
  }
  none(faults, "attacks that worked");
});

test("a hostile text that is searched for is shown as text", async () => {
  await visit(browser, url(join(report, "en", "index.html")), async (page) => {
    page.on("dialog", () => assert.fail("a script ran"));
    await page.fill("header form[role=search] input", "<script>alert(1)</script>");
    await page.press("header form[role=search] input", "Enter");
    await page.locator("#search-results a").first().waitFor({ timeout: 5000 });
    const shown = await page.locator("#search-results").innerText();
    assert.ok(shown.includes("<script>alert(1)</script>"));
    assert.equal(await page.locator("#search-results script").count(), 0);
    assert.deepEqual(page.complaints, []);
  });
});
