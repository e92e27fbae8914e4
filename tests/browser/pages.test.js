// What holds of every page by itself: it loads, it is safe, it is well formed.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { address, languages, none, pages, startBrowser, url, visit } from "./report.js";

let browser;
const seen = new Map(); // page name to what was found on it

before(async () => {
  browser = await startBrowser();
  for (const { name, path } of pages) seen.set(name, await visit(browser, url(path), look));
});
after(() => browser.close());

async function look(page) {
  await page.waitForTimeout(100); // what a script of the page would ask for
  const found = await page.evaluate(() => ({
    language: document.documentElement.lang,
    title: document.title,
    headings: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((h) => ({
      level: Number(h.tagName[1]), text: h.textContent.trim() })),
    inlineScripts: [...document.scripts].filter((s) => !s.src).map((s) => s.outerHTML.slice(0, 100)),
    handlers: [...document.querySelectorAll("*")].flatMap((e) =>
      e.getAttributeNames().filter((a) => a.startsWith("on")).map((a) => `${e.tagName} ${a}`)),
    policy: document.querySelector("head meta[http-equiv=Content-Security-Policy]")?.content,
    // A policy binds only what comes after it.
    beforePolicy: [...document.head.children]
      .slice(0, [...document.head.children].findIndex((e) => e.httpEquiv === "Content-Security-Policy"))
      .filter((e) => ["SCRIPT", "LINK", "STYLE"].includes(e.tagName)).length,
    alternates: [...document.querySelectorAll("link[rel=alternate][hreflang]")].map((e) => e.hreflang),
    landmarks: ["main", "header", "footer", "nav"].filter((n) => !document.querySelector(n)),
    ids: [...document.querySelectorAll("[id]")].map((e) => e.id),
    unnamedTables: [...document.querySelectorAll("table")].filter((t) =>
      !(t.caption?.textContent ?? t.closest("[aria-label]")?.ariaLabel)?.trim() || !t.querySelector("th[scope=col]")).map((t) => t.outerHTML.slice(0, 80)),
    unnamedPictures: [...document.images].filter((i) => !i.alt).map((i) => i.src),
  }));
  return { ...found, complaints: page.complaints };
}

/** Faults over all pages, each with the page's name before it. */
const over = (faultsOf) =>
  pages.flatMap((page) => faultsOf(seen.get(page.name), page).map((fault) => `${page.name}: ${fault}`));

test("every page loads without an error, a warning or a request that leaves", () =>
  none(over((found) => found.complaints), "complaints"));

test("every page says its language, and its alternates are the languages built", () => {
  none(over((found, { language }) => (found.language === language ? [] : [found.language])), "wrong lang");
  none(over((found, { front }) =>
    (front || [...found.alternates].sort().join() === [...languages].sort().join() ? [] : [`hreflang ${found.alternates}`])),
  "wrong hreflang");
});

test("every page has a title of its own", () => {
  const titles = pages.map(({ name, language }) => `${language} ${seen.get(name).title}`).slice(1);
  none(over((found) => (found.title.trim() ? [] : ["no title"])), "no title");
  assert.equal(new Set(titles).size, titles.length, "two pages share a title");
});

test("every page has what those see who are sent a link to it, and an icon", async () => {
  const faults = [];
  for (const { name, path, front } of pages) {
    const found = await visit(browser, url(path), (page) => page.evaluate(() => ({
      description: document.querySelector("meta[name=description]")?.content,
      picture: document.querySelector("meta[property='og:image']")?.content,
      icon: document.querySelector("link[rel=icon]")?.getAttribute("href") })));
    if (!found.description) faults.push(`${name}: no description`);
    if (!found.icon) faults.push(`${name}: no icon`);
    if (!front && !found.picture) faults.push(`${name}: no picture`);
  }
  none(faults, "what a shared link shows");
});

test("every page has one h1, and no heading skips a level", () => {
  none(over((found) => {
    const levels = found.headings.map((h) => h.level);
    const faults = levels.filter((level) => level === 1).length === 1 ? [] : ["not one h1"];
    found.headings.forEach((h, i) => {
      if (!h.text) faults.push(`empty h${h.level}`);
      if (i && h.level > levels[i - 1] + 1) faults.push(`h${levels[i - 1]} then h${h.level}: ${h.text}`);
    });
    return faults;
  }), "headings");
});

test("no id is used twice on a page", () =>
  none(over(({ ids }) => ids.filter((id, i) => ids.indexOf(id) !== i)), "ids used twice"));

test("every page but the choice of a language has its landmarks", () =>
  none(over((found, { front }) => (front ? [] : found.landmarks)), "missing landmarks"));

test("every table has a name and column headers, every picture an alternative text", () => {
  none(over((found) => found.unnamedTables), "tables without name or headers");
  none(over((found) => found.unnamedPictures), "pictures without an alternative");
});

test("no script stands in a page, neither as an element nor as an attribute", () =>
  none(over((found) => [...found.inlineScripts, ...found.handlers]), "inline scripts"));

test("every page has a policy before anything it binds, which names no other place", () => {
  none(over(({ policy, beforePolicy }) => {
    if (!policy) return ["no Content-Security-Policy"];
    const faults = beforePolicy ? [`${beforePolicy} elements before the policy`] : [];
    if (!/(^|;)\s*default-src 'none'\s*(;|$)/.test(policy)) faults.push(`default-src is not 'none': ${policy}`);
    if (/https?:|\*|unsafe-eval|\bws/.test(policy)) faults.push(`too wide: ${policy}`);
    const scripts = policy.match(/script-src([^;]*)/)?.[1] ?? "";
    if (/unsafe-inline|data:|blob:/.test(scripts)) faults.push(`scripts too wide: ${scripts}`);
    return faults;
  }), "policies");
  none(over(({ policy }) => (/connect-src|frame-src/.test(policy) ? [policy] : [])), "pages that may fetch");
});

test("the policy works on pages opened as files", async () => {
  // What a hostile value would try, if it ever got past the escaping.
  const attempts = {
    "inline script": () => { const s = document.createElement("script"); s.textContent = "window.harmed = 1"; document.head.append(s); },
    "handler in an attribute": () => { document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="window.harmed = 1">'); },
    "javascript: link": () => { document.body.insertAdjacentHTML("beforeend", '<a id="harm" href="javascript:window.harmed = 1">x</a>'); document.getElementById("harm").click(); },
    "script from elsewhere": () => { const s = document.createElement("script"); s.src = "https://example.org/harm.js"; document.head.append(s); },
    "script as data": () => { const s = document.createElement("script"); s.src = "data:text/javascript,window.harmed=1"; document.head.append(s); },
    "picture from elsewhere": () => { new Image().src = "https://example.org/harm.png"; },
    "style from elsewhere": () => { document.head.insertAdjacentHTML("beforeend", '<link rel="stylesheet" href="https://example.org/harm.css">'); },
    "font from elsewhere": () => { document.head.insertAdjacentHTML("beforeend", '<style>@font-face { font-family: harm; src: url(https://example.org/harm.woff) } body { font-family: harm }</style>'); },
    "fetch": () => { fetch("https://example.org/harm").catch(() => {}); },
    "beacon": () => { navigator.sendBeacon("https://example.org/harm", "x"); },
    "frame": () => { document.body.insertAdjacentHTML("beforeend", '<iframe src="https://example.org/"></iframe>'); },
    "object": () => { document.body.insertAdjacentHTML("beforeend", '<object data="https://example.org/harm.swf"></object>'); },
    "base": () => { document.head.insertAdjacentHTML("afterbegin", '<base href="https://example.org/">'); new Image().src = "harm.png"; },
    "form": () => { document.body.insertAdjacentHTML("beforeend", '<form id="harm-form" action="https://example.org/"></form>'); document.getElementById("harm-form").submit(); },
  };
  const faults = [];
  for (const [what, attempt] of Object.entries(attempts)) {
    await visit(browser, address(languages[0], "index.html"), async (page) => {
      await page.evaluate(attempt);
      await page.waitForTimeout(150);
      const harmed = await page.evaluate(() => window.harmed).catch(() => "the page went away");
      if (harmed) faults.push(`${what}: ran (${harmed})`);
      if (!page.complaints.some((complaint) => /Content Security Policy/.test(complaint))) {
        faults.push(`${what}: the policy did not stop it`);
      }
    });
  }
  none(faults, "got past the policy");
});
