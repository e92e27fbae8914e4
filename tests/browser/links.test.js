// Every link of the site leads somewhere, and the evidence leads both ways.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { address, folder, languages, none, pages, startBrowser, url, visit } from "./report.js";

let browser;
const linked = new Map(); // page address to its links
const anchors = new Map(); // page address to its ids

before(async () => {
  browser = await startBrowser();
  for (const { path } of pages) {
    const found = await visit(browser, url(path), (page) => page.evaluate(() => ({
      ids: [...document.querySelectorAll("[id], a[name]")].map((e) => e.id || e.name),
      links: [...document.querySelectorAll("[href], [src], [action], a")].map((e) => ({
        raw: e.getAttribute("href") ?? e.getAttribute("xlink:href") ?? e.getAttribute("src") ?? e.getAttribute("action"),
        words: e.textContent.trim().slice(0, 40),
      })),
    })));
    linked.set(url(path), found.links);
    anchors.set(url(path), new Set(found.ids));
  }
});
after(() => browser.close());

/** What is wrong with a link on a page; nothing where it leads somewhere. */
function fault(from, { raw, words }) {
  if (raw === null) return `a link that goes nowhere: ${words}`;
  if (raw === "#" || raw === "") return from.endsWith("search.html") ? undefined : `an empty link: ${words}`;
  const target = new URL(raw, from);
  if (/^https?:$/.test(target.protocol)) return undefined; // an address of a public record
  if (target.protocol !== "file:") return `${raw}: not a link to follow`;
  const fragment = decodeURIComponent(target.hash.slice(1));
  target.hash = target.search = "";
  const path = fileURLToPath(target);
  if (!path.startsWith(folder)) return `${raw}: leads out of the report`;
  if (!existsSync(path) || statSync(path).isDirectory()) return `${raw}: no such file`;
  if (fragment && !anchors.get(target.href)?.has(fragment)) return `${raw}: no such place on the page`;
  return undefined;
}

test("no link of any page is dead", () => {
  const faults = [];
  for (const [from, links] of linked) {
    for (const link of links) {
      const wrong = fault(from, link);
      if (wrong) faults.push(`${from.slice(url(folder).length + 1)}: ${wrong}`);
    }
  }
  assert.ok([...linked.values()].flat().length > 100, "links were found at all");
  none([...new Set(faults)], "dead links");
});

test("no link inside a figure's own SVG file is dead", () => {
  const faults = [];
  for (const language of languages) {
    const figures = join(folder, language, "figures");
    for (const name of readdirSync(figures).filter((file) => file.endsWith(".svg"))) {
      const text = readFileSync(join(figures, name), "utf8");
      for (const [, raw] of text.matchAll(/href="([^"#][^"]*)"/g)) {
        const wrong = fault(url(join(figures, name)), { raw, words: "" });
        if (wrong) faults.push(`${language}/figures/${name}: ${wrong}`);
      }
    }
  }
  none([...new Set(faults)], "dead links");
});

test("everything of a site that can be reached by nobody is left out", () => {
  const reached = new Set();
  for (const [from, links] of linked) {
    for (const { raw } of links) {
      if (!raw || /^https?:/.test(raw)) continue;
      const target = new URL(raw, from);
      target.hash = target.search = "";
      reached.add(fileURLToPath(target));
    }
  }
  const faults = [];
  for (const language of languages) {
    for (const name of readdirSync(join(folder, language), { recursive: true })) {
      const path = join(folder, language, name);
      const loaded = /_static.(cards\.js|figures\.woff)$/.test(name); // by a script and a style
      if (statSync(path).isFile() && !loaded && !reached.has(path)) faults.push(`${language}/${name}`);
    }
  }
  none(faults, "files no page leads to");
});

const evidence = (language) => pages.filter((p) => p.language === language && /evidence-/.test(p.name));

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
    for (const { path } of evidence(language).slice(0, 4)) {
      const id = [...anchors.get(url(path))].filter((name) => /^[a-z]+-.*[a-z]/.test(name)).at(-1);
      await visit(browser, `${url(path)}#${id}`, (page) => landed(page, id), { viewport: { width: 360, height: 740 } });
    }
  });

  test(`${language}: what leads to a card is named on the card`, async () => {
    const cards = new Map(); // card to the places that it says use it
    for (const { path } of evidence(language)) {
      for (const [id, used] of await visit(browser, url(path), (page) => page.evaluate(() =>
        [...document.querySelectorAll(".card")].map((card) =>
          [card.id, [...card.querySelectorAll("dd a")].map((a) => a.getAttribute("href"))])))) cards.set(id, used);
    }
    const faults = [];
    for (const { name, path } of pages.filter((p) => p.language === language && !p.front && !/evidence-/.test(p.name))) {
      const led = await visit(browser, url(path), (page) => page.evaluate(() =>
        [...document.querySelectorAll("figure.exhibit, .table, .finding")].flatMap((place) =>
          [...place.querySelectorAll("a[href^='evidence-']")].map((a) => [place.id, a.getAttribute("href").split("#")[1]]))));
      for (const [place, card] of led) {
        const back = `${name.split("/")[1]}#`;
        if (!cards.has(card)) faults.push(`${name}#${place}: ${card} has no card`);
        else if (!cards.get(card).some((href) => href.startsWith(back))) faults.push(`${card}: no way back to ${name}`);
      }
    }
    none([...new Set(faults)], "evidence that leads one way only");
  });

  test(`${language}: the switch of language stays on the page, and on the card`, async () => {
    const other = languages.find((one) => one !== language);
    for (const { name, path } of pages.filter((p) => p.language === language && !p.front)) {
      await visit(browser, url(path), async (page) => {
        await page.locator("header .switch a").click();
        await page.waitForLoadState();
        assert.equal(page.url(), address(other, name.split("/")[1]));
        assert.equal(await page.getAttribute("html", "lang"), other);
      });
    }
    const { path } = evidence(language)[0];
    const id = [...anchors.get(url(path))].findLast((name) => /-/.test(name));
    await visit(browser, `${url(path)}#${id}`, async (page) => {
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
