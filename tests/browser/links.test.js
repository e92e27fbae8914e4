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
      if (statSync(path).isFile() && !reached.has(path)) faults.push(`${language}/${name}`);
    }
  }
  none(faults, "files no page leads to");
});

for (const language of languages) {
  test(`${language}: every mark of a figure can be hit, and a click lands on its evidence card`, async () => {
    await visit(browser, address(language, "phases.html"), async (page) => {
      const marks = await page.evaluate(hittable);
      assert.ok(marks.length >= 20, `the timeline has marks (${marks.length})`);
      none(marks.filter((mark) => !mark.at).map((mark) => mark.href), "marks that something else lies over");
      // One of each kind of record: phase, stage, plan, event, project …
      const one = new Map(marks.map((mark) => [mark.href.split("#")[1].split("-")[0], mark]));
      for (const { href, index } of one.values()) {
        await page.goto(address(language, "phases.html"));
        const { at } = (await page.evaluate(hittable))[index];
        await page.evaluate(([x, y]) => scrollTo(x - 100, y - 300), at);
        const [x, y] = await page.evaluate(([x, y]) => [x - scrollX, y - scrollY], at);
        await page.mouse.click(x, y);
        await page.waitForURL(/evidence\.html#/, { timeout: 15000 });
        await landed(page, href.split("#")[1]);
      }
    }, { viewport: { width: 1280, height: 900 } });
  });

  test(`${language}: an address of a card, opened on a telephone, shows the card`, async () => {
    const ids = [...anchors.get(address(language, "evidence.html"))].filter((id) => /^[a-z]+-[a-z]/.test(id));
    for (const id of [ids[0], ids[Math.floor(ids.length / 2)], ids.at(-1)]) {
      await visit(browser, `${address(language, "evidence.html")}#${id}`, (page) => landed(page, id),
        { viewport: { width: 360, height: 740 } });
    }
  });

  test(`${language}: every figure's mark leads to a card, and the card back to that figure`, async () => {
    const cards = await visit(browser, address(language, "evidence.html"), (page) => page.evaluate(() =>
      Object.fromEntries([...document.querySelectorAll(".card")].map((card) =>
        [card.id, [...card.querySelectorAll(".used a")].map((a) => a.getAttribute("href"))]))));
    const faults = [];
    for (const { name, path } of pages.filter((p) => p.language === language && !p.front)) {
      const marks = await visit(browser, url(path), (page) => page.evaluate(() =>
        [...document.querySelectorAll("figure.exhibit")].flatMap((figure) =>
          [...figure.querySelectorAll("svg a")].map((a) => [figure.id, a.href.baseVal.split("#")[1]]))));
      for (const [figure, card] of marks) {
        const back = `${name.split("/")[1]}#${figure}`;
        if (!cards[card]) faults.push(`${name}#${figure}: ${card} has no card`);
        else if (!cards[card].includes(back)) faults.push(`${card}: no link back to ${back}`);
      }
    }
    none([...new Set(faults)], "evidence that leads one way only");
  });

  test(`${language}: a card names every page whose sentences and tables lead to it`, async () => {
    const cards = await visit(browser, address(language, "evidence.html"), (page) => page.evaluate(() =>
      Object.fromEntries([...document.querySelectorAll(".card")].map((card) =>
        [card.id, [...card.querySelectorAll(".used a")].map((a) => a.getAttribute("href").split("#")[0])]))));
    const faults = [];
    for (const { name, path } of pages.filter((p) => p.language === language && !p.front)) {
      for (const { raw } of linked.get(url(path))) {
        const [, id] = /^evidence\.html#(.+)/.exec(raw ?? "") ?? [];
        if (cards[id] && !cards[id].includes(name.split("/")[1])) faults.push(`${id}: no way back to ${name}`);
      }
    }
    none([...new Set(faults)], "evidence that leads one way only");
  });

  test(`${language}: a card's link goes back to the figure that uses it`, async () => {
    await visit(browser, address(language, "evidence.html"), async (page) => {
      const link = page.locator('.card .used a[href="phases.html#phase-timeline"]').first();
      await link.click();
      await page.waitForURL(/phases\.html#phase-timeline$/);
      await landed(page, "phase-timeline");
    });
  });

  test(`${language}: the switch of language stays on the same page`, async () => {
    for (const { name, path } of pages.filter((p) => p.language === language && !p.front)) {
      await visit(browser, url(path), async (page) => {
        await page.locator("header .switch a").click();
        await page.waitForLoadState();
        const other = languages.find((one) => one !== language);
        assert.equal(page.url(), address(other, name.split("/")[1]));
        assert.equal(await page.getAttribute("html", "lang"), other);
      });
    }
  });
}

test("the first page leads to every language", async () => {
  for (const language of languages) {
    await visit(browser, url(join(folder, "index.html")), async (page) => {
      await page.locator(`li[lang=${language}] a`).first().click();
      await page.waitForURL(address(language, "index.html"));
    });
  }
});

/** The marks of a page with their place: a point of the page where a click meets that mark. */
function hittable() {
  const marks = [...document.querySelectorAll("figure.exhibit svg a")];
  return marks.map((mark, index) => {
    const box = mark.getBoundingClientRect();
    scrollTo(0, box.top + scrollY - innerHeight / 2);
    const seen = mark.getBoundingClientRect();
    const shares = [0.5, 0.1, 0.9, 0.3, 0.7, 0.02, 0.98];
    for (const across of shares) {
      for (const down of shares) {
        const [x, y] = [seen.left + seen.width * across, seen.top + seen.height * down];
        if (document.elementFromPoint(x, y)?.closest("a") === mark) {
          return { index, href: mark.href.baseVal, at: [x + scrollX, y + scrollY] };
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
