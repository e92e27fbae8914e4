// Readers with a keyboard, a screen reader, or colours of their own.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { address, languages, none, pages, startBrowser, url, visit } from "./report.js";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

for (const { name, path } of pages) {
  test(`axe finds nothing serious on ${name}, light or dark`, async () => {
    await visit(browser, url(path), async (page) => {
      const faults = [];
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        const violations = await page.evaluate(async () => {
          const { violations } = await axe.run(document, { resultTypes: ["violations"] });
          return violations.filter((v) => ["serious", "critical"].includes(v.impact)).flatMap((v) =>
            v.nodes.map((node) => `${v.id}: ${node.html.slice(0, 120)} – ${node.failureSummary.split("\n")[1]?.trim()}`));
        });
        faults.push(...violations.map((violation) => `${colorScheme}: ${violation}`));
      }
      none(faults, "violations");
    }, { script: axe });
  });
}

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

test("axe is at work: it finds a picture without a name and faint text", async () => {
  await visit(browser, address(languages[0], "index.html"), async (page) => {
    const found = await page.evaluate(async () => {
      document.querySelector("main").insertAdjacentHTML("beforeend", "<img src='figures/none.png'><p id=faint>faint</p>");
      document.getElementById("faint").style.cssText = "color: #ddd; background: #fff";
      return (await axe.run(document)).violations.map((v) => v.id);
    });
    assert.ok(found.includes("image-alt") && found.includes("color-contrast"), `${found}`);
  }, { script: axe });
});

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
  for (const { name, path } of pages.filter((p) => /phases|index|methods/.test(p.name))) {
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
  test(`${language}: every frame wider than the page can be scrolled with the keyboard`, async () => {
    const faults = [];
    let wide = 0;
    for (const { name, path } of pages.filter((p) => p.language === language && !p.front)) {
      await visit(browser, url(path), async (page) => {
        // What is folded can be neither seen nor reached, until its reader opens it.
        await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
        const frames = page.locator("main [tabindex='0']");
        for (let i = 0; i < await frames.count(); i += 1) {
          const frame = frames.nth(i);
          if (!await frame.evaluate((e) => e.scrollWidth > e.clientWidth + 1)) continue;
          wide += 1;
          await frame.focus();
          await page.keyboard.press("ArrowRight");
          await page.waitForFunction((e) => e.scrollLeft > 0, await frame.elementHandle(), { timeout: 10000 })
            .catch(async () => faults.push(`${name}: ${await frame.getAttribute("aria-label")}`));
        }
        // Whatever scrolls sideways must be reachable in the first place.
        faults.push(...await page.evaluate(() => [...document.querySelectorAll("main *")]
          .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0
            && ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
          .map((e) => `not reachable: ${e.outerHTML.slice(0, 80)}`)).then((f) => f.map((x) => `${name}: ${x}`)));
      }, { viewport: { width: 360, height: 740 } });
    }
    assert.ok(wide, "there are wide frames at 360 px");
    none(faults, "frames that cannot be scrolled");
  });

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

  test(`${language}: every mark of a figure has a name that a person can read`, async () => {
    const faults = [];
    for (const { name, path } of pages.filter((p) => p.language === language && !p.front)) {
      const names = await visit(browser, url(path), (page) => page.evaluate(() =>
        [...document.querySelectorAll("figure.exhibit svg a")].map((a) =>
          a.getAttribute("aria-label") ?? a.querySelector("title")?.textContent ?? "")));
      faults.push(...names.filter((words) => !words || /^[a-z_]+\/[a-z0-9-]+$/.test(words)).map((words) => `${name}: “${words}”`));
    }
    none([...new Set(faults)], "marks named by their key");
  });
}
