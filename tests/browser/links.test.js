// Readers who follow links: from a mark to its evidence, on to the next record, and to another language.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { address, folder, languages, none, startBrowser, url, visit } from "./report.js";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

/** The id of a page's last card. */
const lastCard = (page) => page.evaluate(() => [...document.querySelectorAll(".card")].at(-1).id);

for (const language of languages) {
  test(`${language}: every mark of a figure can be hit, is large enough, and opens its evidence beside it`, async () => {
    await visit(browser, address(language, "phases.html"), async (page) => {
      const marks = await page.evaluate(hittable);
      assert.ok(marks.length >= 20, `the timeline has marks (${marks.length})`);
      none(marks.filter((mark) => !mark.at).map((mark) => mark.href), "marks that something else lies over");
      none(marks.filter((mark) => mark.size < 23.5).map((mark) => `${mark.href}: ${mark.size}`), "marks under 24 px");
      // One of each kind of record: phase, stage, plan, event, project …
      const one = new Map(marks.map((mark) => [mark.href.split("-")[1], mark]));
      for (const { at, href } of one.values()) {
        await page.evaluate(([x, y]) => scrollTo(x - 100, y - 300), at);
        const [x, y] = await page.evaluate(([x, y]) => [x - scrollX, y - scrollY], at);
        await page.mouse.click(x, y);
        await page.locator("#panel .card").waitFor();
        assert.equal(await page.getAttribute("#panel .panel-open", "href"), href);
        assert.ok((await page.locator("#panel h2").innerText()).trim());
        await page.keyboard.press("Escape");
      }
      assert.deepEqual(page.complaints, []);
    }, { viewport: { width: 1280, height: 900 } });
  });

  test(`${language}: without scripts a mark leads to the page of its evidence`, async () => {
    await visit(browser, address(language, "phases.html"), async (page) => {
      const href = await page.locator("figure.exhibit .wide a[href^='evidence-']").first().getAttribute("href");
      const [file, id] = href.split("#");
      await page.goto(`${address(language, file)}#${id}`);
      await landed(page, id);
    }, { javaScriptEnabled: false });
  });

  test(`${language}: in the panel one record leads to the next, and to the page where it stands`, async () => {
    await visit(browser, address(language, "issues.html"), async (page) => {
      await page.locator(".table tbody a[href^='evidence-']").first().click();
      await page.locator("#panel .card").waitFor();
      const before = await page.locator("#panel h2").innerText();
      await page.locator("#panel .card dd a[href^='evidence-']").first().click();
      await page.waitForFunction((words) => document.querySelector("#panel h2").innerText !== words, before);
      await page.locator("#panel .panel-open").click();
      await page.waitForURL(/evidence-.*#/);
    });
  });

  test(`${language}: a record is highlighted wherever it stands on the page`, async () => {
    await visit(browser, address(language, "phases.html"), async (page) => {
      const href = await page.evaluate(() => {
        const rows = [...document.querySelectorAll("tr[data-record]")].map((row) => row.dataset.record);
        return [...document.querySelectorAll(".wide a")].map((a) => a.getAttribute("href"))
          .find((address) => rows.includes(address.split("#")[1]));
      });
      assert.ok(href, "a record stands in a figure and in a table");
      await page.locator(`.wide a[href="${href}"]`).first().focus();
      assert.ok(await page.locator(`tr.lit[data-record="${href.split("#")[1]}"]`).count());
    });
  });

  test(`${language}: an address of a card, opened on a telephone, shows the card`, async () => {
    for (const name of ["evaluations", "events", "statements"].map((table) => `evidence-${table}.html`)) {
      const id = await visit(browser, address(language, name), lastCard);
      await visit(browser, `${address(language, name)}#${id}`, (page) => landed(page, id), { viewport: { width: 360, height: 740 } });
    }
  });

  test(`${language}: the switch of language stays on the page, and on the card`, async () => {
    const other = languages.find((one) => one !== language);
    await visit(browser, address(language, "issues.html"), async (page) => {
      await page.locator("header .switch a").click();
      await page.waitForURL(address(other, "issues.html"));
      assert.equal(await page.getAttribute("html", "lang"), other);
    });
    await visit(browser, address(language, "evidence-statements.html"), async (page) => {
      const id = await lastCard(page);
      await page.goto(`${address(language, "evidence-statements.html")}#${id}`);
      await page.evaluate(() => scrollTo(0, 0));
      await page.locator("header .switch a").click();
      await page.waitForURL((there) => there.pathname.includes(`/${other}/`));
      await landed(page, id);
    });
  });

  test(`${language}: a table sorts and filters, and so do the cards`, async () => {
    await visit(browser, address(language, "issues.html"), async (page) => {
      const table = page.locator(".table.long").first();
      const first = () => table.locator("tbody tr:visible").first().innerText();
      const before = await first();
      await table.locator("thead button").first().click();
      assert.equal(await table.locator("thead th").first().getAttribute("aria-sort"), "ascending");
      await table.locator("thead button").first().click();
      assert.notEqual(await first(), before);
      const all = await table.locator("tbody tr:visible").count();
      await table.locator("input[type=search]").fill("qqq");
      assert.equal(await table.locator("tbody tr:visible").count(), 0);
      await table.locator("input[type=search]").fill("");
      await table.locator("select").selectOption({ index: 1 });
      const some = await table.locator("tbody tr:visible").count();
      assert.ok(some > 0 && some < all, `${some} of ${all}`);
    });
    await visit(browser, address(language, "evidence-statements.html"), async (page) => {
      await page.locator(".card-filter input").fill("TLO");
      const some = await page.locator(".card:visible").count();
      assert.ok(some > 0 && some < await page.locator(".card").count());
      assert.match(await page.locator(".card-filter output").innerText(), new RegExp(`${some}`));
    });
  });

  test(`${language}: the words of a figure are unfolded for whoever is led to them`, async () => {
    await visit(browser, address(language, "phases.html"), async (page) => {
      const id = await page.locator("figure.exhibit .words li[id]").first().getAttribute("id");
      await page.goto(`${address(language, "phases.html")}#${id}`);
      await page.reload();
      assert.ok(await page.locator(`[id="${id}"]`).isVisible());
    });
  });
}

test("the first page leads to every language", async () => {
  for (const language of languages) {
    await visit(browser, url(join(folder, "index.html")), async (page) => {
      await page.locator(`section[lang=${language}] a`).first().click();
      await page.waitForURL(address(language, "index.html"));
    });
  }
});

/** The marks of a page with their place: a point of the page where a click meets that mark. */
function hittable() {
  const marks = [...document.querySelectorAll("figure.exhibit .wide svg a[href^='evidence-']")];
  return marks.map((mark, index) => {
    const box = mark.getBoundingClientRect();
    scrollTo(0, box.top + scrollY - innerHeight / 2);
    const seen = mark.getBoundingClientRect();
    const shares = [0.5, 0.1, 0.9, 0.3, 0.7, 0.02, 0.98];
    for (const across of shares) {
      for (const down of shares) {
        const [x, y] = [seen.left + seen.width * across, seen.top + seen.height * down];
        if (document.elementFromPoint(x, y)?.closest("a") === mark) {
          return { index, href: mark.href.baseVal, at: [x + scrollX, y + scrollY], size: Math.min(seen.width, seen.height) };
        }
      }
    }
    return { index, href: mark.href.baseVal, at: null };
  });
}

/** Assert that the address's place is the target and in sight. */
async function landed(page, id) {
  assert.equal(await page.evaluate(() => document.querySelector(":target")?.id), id);
  await page.waitForTimeout(200);
  const [top, height] = await page.evaluate(() =>
    [document.querySelector(":target").getBoundingClientRect().top, innerHeight]);
  assert.ok(top > -2 && top < height, `${id} is in sight: its top is at ${top} of ${height}`);
}
