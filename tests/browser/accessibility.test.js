// Readers with a keyboard, or with colours of their own.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { address, languages, none, pages, startBrowser, url, visit } from "./report.js";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

for (const language of languages) {
  test(`${language}: figures follow the reader's scheme, and paper is light`, async () => {
    const look = (page) => page.evaluate(() => {
      const texts = [...document.querySelectorAll("figure.exhibit .wide .drawing text")];
      return { paper: getComputedStyle(document.body).backgroundColor,
        ink: [...new Set(texts.map((text) => getComputedStyle(text).fill))] };
    });
    await visit(browser, address(language, "phases.html"), async (page) => {
      const seen = {};
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme, media: "screen" });
        seen[colorScheme] = await look(page);
      }
      await page.emulateMedia({ colorScheme: "dark", media: "print" });
      seen.paper = await look(page);
      assert.deepEqual([seen.light.paper, seen.dark.paper], ["rgb(255, 255, 255)", "rgb(22, 22, 22)"]);
      assert.ok(seen.light.ink.includes("rgb(26, 26, 26)") && seen.dark.ink.includes("rgb(236, 236, 236)"));
      assert.deepEqual(seen.paper, seen.light);
    });
  });
}

for (const language of languages) {
  test(`${language}: the first Tab shows the skip link, which leads to the content`, async () => {
    await visit(browser, address(language, "phases.html"), async (page) => {
      await page.keyboard.press("Tab");
      const skip = await page.evaluate(() => {
        const { top, left, width, height } = document.activeElement.getBoundingClientRect();
        return { href: document.activeElement.getAttribute("href"), top, left, width, height };
      });
      assert.equal(skip.href, "#content");
      assert.ok(skip.top >= 0 && skip.left >= 0 && skip.width > 20 && skip.height > 10, "it is in sight");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      assert.ok(await page.evaluate(() => document.querySelector("main").contains(document.activeElement)),
        "the next Tab is in the content");
    });
  });
}

test("whatever the keyboard reaches shows that it has the focus", async () => {
  const faults = [];
  for (const { name, path } of pages.filter((p) => p.language === languages[0] && /phases|index|methods/.test(p.name))) {
    for (const colorScheme of ["light", "dark"]) {
      await visit(browser, url(path), async (page) => {
        let last;
        for (let step = 0; step < 45; step += 1) {
          await page.keyboard.press("Tab");
          const { what, shown } = await page.evaluate(() => {
            const element = document.activeElement;
            const style = getComputedStyle(element);
            return {
              what: element.outerHTML.slice(0, 80).replaceAll("\n", " "),
              shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
            };
          });
          if (what === last || what.startsWith("<body")) break;
          last = what;
          if (!shown) faults.push(`${name} (${colorScheme}): ${what}`);
        }
      }, { colorScheme });
    }
  }
  none([...new Set(faults)], "focus that cannot be seen");
});

for (const language of languages) {
  test(`${language}: a mark is reached with Tab, opens its evidence with Enter, and Escape returns to it`, async () => {
    await visit(browser, address(language, "phases.html"), async (page) => {
      const mark = page.locator("figure.exhibit .wide a[href^='evidence-']").first();
      await mark.focus();
      const href = await mark.getAttribute("href");
      await page.keyboard.press("Enter");
      await page.locator("#panel .card").waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.id), "panel");
      assert.equal(await page.getAttribute("#panel .panel-open", "href"), href);
      await page.keyboard.press("Escape");
      assert.ok(await page.locator("#panel").isHidden());
      assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), href);
    });
  });

  test(`${language}: a figure of many marks can be skipped`, async () => {
    await visit(browser, address(language, "phases.html"), async (page) => {
      const skip = page.locator("figure.exhibit > a.skip").first();
      await skip.focus();
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      assert.ok(await page.evaluate(() => Boolean(document.activeElement.closest("figcaption"))));
    });
  });
}
