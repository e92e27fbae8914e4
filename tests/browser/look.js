// What is found out about a page while it is open. The functions marked "in the page" run there.

import { createRequire } from "node:module";

/** The script of axe, to be given to `visit`: it checks a page for those who cannot see it well. */
export const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** In the page: what it consists of, says and leads to. */
export function look() {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const href = (element) => element.getAttribute("href");
  const policy = (element) => element.httpEquiv === "Content-Security-Policy";

  /** Each text of the page (also names for screen readers, tooltips, and the words that a figure draws as
   * outlines, which stand in comments) with its language and its place. */
  function said() {
    const place = (element) => {
      const box = element.closest("dd, dt, th, td, li, p, h1, h2, h3, caption, figcaption, nav, svg, footer, header");
      const within = element.closest("figure")?.id || element.closest(".card")?.id
        || element.closest("table")?.caption?.textContent.slice(0, 40) || element.closest("section[id]")?.id || "";
      return `${within} <${(box ?? element).tagName.toLowerCase()}>`.trim();
    };
    const left = ".files, script, style, code, pre, cite, kbd, .hash, .reference, a[href^='http']";
    const found = [];
    const add = (element, text, kind, language = element.closest("[lang]").lang) => {
      if (text?.trim()) found.push({ language, text: text.trim().replace(/\s+/g, " "), kind, place: place(element) });
    };
    add(document.documentElement, document.title, "title");
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_COMMENT);
    const blocks = new Map(); // words run over <strong> and <a>, so a block of text is read whole
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (element.closest(left)) continue;
      if (node.nodeType === Node.COMMENT_NODE) {
        if (element.closest("svg")) add(element, node.data, "figure");
      } else if (element.closest("svg")) {
        if (!/^[a-z_]+\/[a-z0-9-]+$/.test(node.data.trim())) add(element, node.data, "tooltip");
      } else {
        const block = element.closest("p, li, dd, dt, td, th, h1, h2, h3, caption, summary, figcaption, div") ?? element;
        const { lang } = element.closest("[lang]");
        if (!blocks.has(block)) blocks.set(block, new Map());
        blocks.get(block).set(lang, (blocks.get(block).get(lang) ?? "") + node.data);
      }
    }
    for (const [block, texts] of blocks) {
      for (const [language, text] of texts) add(block, text, "text", language);
    }
    for (const name of ["title", "aria-label", "alt", "placeholder", "value"]) {
      for (const element of all(`[${name}]`)) add(element, element.getAttribute(name), name);
    }
    return found;
  }

  return {
    language: document.documentElement.lang,
    title: document.title,
    description: document.querySelector("meta[name=description]")?.content,
    picture: document.querySelector("meta[property='og:image']")?.content,
    icon: document.querySelector("link[rel=icon]")?.getAttribute("href"),
    headings: all("h1, h2, h3, h4, h5, h6").map((h) => ({ level: Number(h.tagName[1]), text: h.textContent.trim() })),
    inlineScripts: [...document.scripts].filter((s) => !s.src).map((s) => s.outerHTML.slice(0, 100)),
    handlers: all("*").flatMap((e) => e.getAttributeNames().filter((a) => a.startsWith("on")).map((a) => `${e.tagName} ${a}`)),
    policy: [...document.head.children].find(policy)?.content,
    // A policy binds only what comes after it.
    beforePolicy: [...document.head.children].slice(0, [...document.head.children].findIndex(policy))
      .filter((e) => ["SCRIPT", "LINK", "STYLE"].includes(e.tagName)).length,
    alternates: all("link[rel=alternate][hreflang]").map((e) => e.hreflang),
    switches: all("header .switch a").map(href),
    landmarks: ["main", "header", "footer", "nav"].filter((name) => !document.querySelector(name)),
    ids: all("[id]").map((e) => e.id),
    anchors: all("[id], a[name]").map((e) => e.id || e.name),
    links: all("[href], [src], [action], a").map((e) => ({
      raw: href(e) ?? e.getAttribute("xlink:href") ?? e.getAttribute("src") ?? e.getAttribute("action"),
      words: e.textContent.trim().slice(0, 40),
    })),
    cards: all(".card").map((card) => [card.id, all("dd a", card).map(href)]),
    ledTo: all("figure.exhibit, .table, .finding").flatMap((place) =>
      all("a[href^='evidence-']", place).map((a) => [place.id, href(a).split("#")[1]])),
    marks: all("figure.exhibit svg a").map((a) => a.getAttribute("aria-label") ?? a.querySelector("title")?.textContent ?? ""),
    unnamedTables: all("table").filter((t) => !(t.caption?.textContent ?? t.closest("[aria-label]")?.ariaLabel)?.trim()
      || !t.querySelector("th[scope=col]")).map((t) => t.outerHTML.slice(0, 80)),
    unnamedPictures: [...document.images].filter((i) => !i.alt).map((i) => i.src),
    loads: [...new Set([location.href, ...[...document.images].map((i) => i.src),
      ...all("script[src]").map((s) => s.src), ...all("link[rel=stylesheet]").map((l) => l.href)])],
    said: document.documentElement.lang ? said() : [],
  };
}

/** In the page: what sticks out of it to the right, outermost first. */
function stickingOut() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const clipped = (element) => {
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== "visible") return true;
    }
    return false;
  };
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > width + 1 && !clipped(e))
    .slice(0, 3).map((e) => `${Math.round(e.getBoundingClientRect().right)} of ${width} px: ${e.outerHTML.slice(0, 90)}`);
}

/** In the page: texts of figures that are drawn smaller than 11 px. */
const smallText = () => [...document.querySelectorAll("figure.exhibit .drawing")]
  .filter((svg) => svg.getClientRects().length)
  .flatMap((svg) => {
    const scale = svg.getScreenCTM().a;
    return [...svg.querySelectorAll("text")].map((text) => [parseFloat(getComputedStyle(text).fontSize) * scale, text.textContent]);
  })
  .filter(([size]) => size < 10.95).map(([size, words]) => `${size.toFixed(1)} px: ${words}`);

/** In the page: links and fields of the navigation that are too low for a finger. */
const smallTargets = () => [...document.querySelectorAll("header a:not(.skip), header button, header input")]
  .filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 24)
  .map((e) => `${e.textContent}: ${Math.round(e.getBoundingClientRect().height)} px high`);

const screens = { // a page enlarged to 200 % has half the width for its text
  "390 px wide": [390, 844],
  "768 px wide": [768, 1024],
  "1000 px wide": [1000, 900],
  "1280 px, enlarged to 200 %": [640, 450],
  "1280 px, enlarged to 400 %": [320, 256],
  "1400 px wide": [1400, 900],
};

/** Faults of an open page on every screen, with large text, and on paper. */
export async function measure(page) {
  const found = { sideways: [], smallText: [], smallTargets: [] };
  const drawn = await page.evaluate(() => Boolean(document.querySelector("figure.exhibit")));
  for (const [screen, [width, height]] of Object.entries(screens)) {
    if (width >= 1000 && !drawn) continue; // nothing but figures is any different there
    await page.setViewportSize({ width, height });
    const on = (faults) => faults.map((fault) => `${screen}: ${fault}`);
    found.sideways.push(...on(await page.evaluate(stickingOut)));
    if (!/enlarged/.test(screen)) found.smallText.push(...on(await page.evaluate(smallText)));
    if (width === 390) found.smallTargets.push(...on(await page.evaluate(smallTargets)));
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
  found.sideways.push(...(await page.evaluate(stickingOut)).map((fault) => `large text: ${fault}`));
  await page.evaluate(() => { document.documentElement.style.fontSize = ""; });
  await page.emulateMedia({ media: "print" });
  found.navigationOnPaper = await page.evaluate(() => [...document.querySelectorAll("header nav, .skip, .switch")]
    .filter((e) => e.getClientRects().length).length);
  await page.emulateMedia({ media: "screen" });
  return found;
}

/**
 * What axe calls serious or critical, its contrast in both colour schemes. It takes longest of all: of what
 * one template makes many times it looks at twenty cards, twenty rows of a table, ten described tables.
 */
export async function checkAccessibility(page) {
  const run = (options) => page.evaluate(async (options) => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"], preload: false, ...options });
    return violations.filter((v) => ["serious", "critical"].includes(v.impact)).flatMap((v) =>
      v.nodes.map((node) => `${v.id}: ${node.html.slice(0, 120)} – ${node.failureSummary.split("\n")[1]?.trim()}`));
  }, options);
  const beyond = ".card:nth-of-type(n+21), tbody tr:nth-child(n+21), .data-table:nth-of-type(n+11)";
  await page.evaluate((beyond) => document.querySelectorAll(beyond).forEach((e) => e.remove()), beyond);
  await page.emulateMedia({ colorScheme: "light" });
  const light = await run({});
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await run({ runOnly: ["color-contrast"] });
  return [...light.map((fault) => `light: ${fault}`), ...dark.map((fault) => `dark: ${fault}`)];
}

/** How many frames are wider than a telephone's page, and those of them that the keyboard cannot scroll. */
export async function scrollFrames(page) {
  await page.setViewportSize({ width: 360, height: 740 });
  // What is folded can be neither seen nor reached, until its reader opens it.
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  const faults = await page.evaluate(() => [...document.querySelectorAll("main *")]
    .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0 && ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
    .map((e) => `not reachable: ${e.outerHTML.slice(0, 80)}`));
  let wide = 0;
  for (const frame of await page.locator("main [tabindex='0']").elementHandles()) {
    if (!await frame.evaluate((e) => e.scrollWidth > e.clientWidth + 1)) continue;
    wide += 1;
    await frame.focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((e) => e.scrollLeft > 0, frame, { timeout: 10000 })
      .catch(async () => faults.push(`${await frame.getAttribute("aria-label")}`));
  }
  return { faults, wide };
}
