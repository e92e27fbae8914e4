// What holds of every page: each is opened once, looked at on every screen, and closed.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { axe, checkAccessibility, look, measure, scrollFrames } from "./look.js";
import { address, folder, languages, none, pages, project, startBrowser, url, visit } from "./report.js";

const pictures = process.env.PICTURES && resolve(project, process.env.PICTURES); // for people to look at
let browser;
const seen = new Map(); // page name to what was found on it

before(async () => {
  const browsers = await Promise.all([startBrowser(), startBrowser()]);
  [browser] = browsers;
  if (pictures) mkdirSync(pictures, { recursive: true });
  // The largest first, and two at once, each in front of a browser of its own: what is behind is slowed down.
  const waiting = pages.toSorted((a, b) => statSync(a.path).size - statSync(b.path).size);
  await Promise.all(browsers.map(async (own) => {
    for (let page = waiting.pop(); page; page = waiting.pop()) seen.set(page.name, await observe(own, page));
  }));
  await browsers[1].close();
});
after(() => browser.close());

/** All that the tests below ask of a page. */
const observe = (own, { name, path, language }) => visit(own, url(path), async (page) => {
  await page.waitForTimeout(100); // what a script of the page would ask for
  const found = { ...await page.evaluate(look), ...await measure(page), complaints: [...page.complaints] };
  if (pictures) await photograph(page, join(pictures, name.replace("/", "-").replace(".html", "")), /evidence-|data/.test(name));
  found.places = new Set(found.anchors);
  found.frames = await scrollFrames(page);
  // Cards of another language are made by the same templates.
  const again = language !== languages[0] && /evidence-/.test(name);
  found.inaccessible = again ? [] : await checkAccessibility(page);
  return found;
}, { script: axe });

/** Take pictures of a page, of its first screen only if it is many screens long, and print it. */
async function photograph(page, picture, long) {
  await page.evaluate(() => Promise.all([...document.images].map((image) => {
    image.loading = "eager"; // what lies below the screen would stay empty
    return image.decode();
  })));
  for (const width of [390, 768, 1400]) {
    await page.setViewportSize({ width, height: 1000 });
    for (const colorScheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ fullPage: !long, path: `${picture}-${width}-${colorScheme}.png` });
    }
  }
  await page.pdf({ format: "A4", path: `${picture}.pdf` });
}

/** Faults over all pages, each with the page's name before it. */
const over = (faultsOf) =>
  pages.flatMap((page) => faultsOf(seen.get(page.name), page).map((fault) => `${page.name}: ${fault}`));

/** The pages of a language. */
const inLanguage = (language) => pages.filter((page) => page.language === language && !page.front);

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

test("every page has what those see who are sent a link to it, and an icon", () =>
  none(over(({ description, picture, icon }, { front }) => [
    ...(description ? [] : ["no description"]), ...(icon ? [] : ["no icon"]), ...(front || picture ? [] : ["no picture"]),
  ]), "what a shared link shows"));

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

// Screens, paper, and readers who hear or enlarge a page

test("no page scrolls sideways, narrow, enlarged or with text twice as large", () =>
  none(over((found) => found.sideways), "sideways scrolling"));

test("the text of a figure is at least 11 px at every width", () =>
  none(over((found) => found.smallText), "small text"));

test("on a telephone a link of the navigation is large enough for a finger", () =>
  none(over((found) => found.smallTargets), "targets under 24 px"));

test("navigation stays off the paper", () =>
  none(over((found) => (found.navigationOnPaper ? [`${found.navigationOnPaper} parts`] : [])), "navigation on paper"));

test("a page prints", async () => {
  await visit(browser, address(languages[0], "phases.html"), async (page) => {
    const pdf = await page.pdf({ format: "A4" });
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.ok(pdf.length > 5000, `${pdf.length} bytes`);
  });
});

test("axe finds nothing serious on any page, light or dark", () =>
  none(over((found) => found.inaccessible), "violations"));

test("every frame wider than the page can be scrolled with the keyboard", () => {
  for (const language of languages) {
    assert.ok(inLanguage(language).some(({ name }) => seen.get(name).frames.wide), "there are wide frames at 360 px");
  }
  none(over((found) => found.frames.faults), "frames that cannot be scrolled");
});

test("every mark of a figure has a name that a person can read", () =>
  none(over(({ marks }) => marks.filter((words) => !words || /^[a-z_]+\/[a-z0-9-]+$/.test(words)).map((words) => `“${words}”`)),
    "marks named by their key"));

// Links: every link of the site leads somewhere, and the evidence leads both ways

/** What is wrong with a link of a page or a figure; nothing where it leads somewhere. */
function deadLink(from, { raw, words }) {
  if (raw === null) return `a link that goes nowhere: ${words}`;
  if (raw === "#" || raw === "") return from.endsWith("search.html") ? undefined : `an empty link: ${words}`;
  const target = new URL(raw, from);
  if (/^https?:$/.test(target.protocol)) return undefined; // an address of a public record
  if (target.protocol !== "file:") return `${raw}: not a link to follow`;
  const fragment = decodeURIComponent(target.hash.slice(1));
  const path = fileURLToPath(Object.assign(target, { hash: "", search: "" }));
  if (!path.startsWith(folder)) return `${raw}: leads out of the report`;
  if (!existsSync(path) || statSync(path).isDirectory()) return `${raw}: no such file`;
  const there = pages.find((page) => page.path === path);
  if (fragment && !(there && seen.get(there.name).places.has(fragment))) return `${raw}: no such place on the page`;
  return undefined;
}

test("no link of any page is dead", () => {
  none([...new Set(over(({ links }, { path }) => links.map((link) => deadLink(url(path), link)).filter(Boolean)))], "dead links");
  assert.ok(pages.flatMap(({ name }) => seen.get(name).links).length > 100, "links were found at all");
});

test("no link inside a figure's own SVG file is dead", () => {
  const faults = [];
  for (const language of languages) {
    const figures = join(folder, language, "figures");
    for (const name of readdirSync(figures).filter((file) => file.endsWith(".svg"))) {
      const text = readFileSync(join(figures, name), "utf8");
      for (const [, raw] of text.matchAll(/href="([^"#][^"]*)"/g)) {
        const wrong = deadLink(url(join(figures, name)), { raw, words: "" });
        if (wrong) faults.push(`${language}/figures/${name}: ${wrong}`);
      }
    }
  }
  none([...new Set(faults)], "dead links");
});

test("everything of a site that can be reached by nobody is left out", () => {
  const reached = new Set(pages.flatMap(({ name, path }) => seen.get(name).links
    .filter(({ raw }) => raw && !/^https?:/.test(raw))
    .map(({ raw }) => fileURLToPath(Object.assign(new URL(raw, url(path)), { hash: "", search: "" })))));
  const faults = languages.flatMap((language) => readdirSync(join(folder, language), { recursive: true })
    .map((name) => join(folder, language, name))
    .filter((path) => statSync(path).isFile() && !reached.has(path))
    .filter((path) => !/_static.(cards\.js|figures\.woff)$/.test(path))); // loaded by a script and a style
  none(faults, "files no page leads to");
});

for (const language of languages) {
  test(`${language}: what leads to a card is named on the card`, () => {
    const cards = new Map(inLanguage(language).flatMap(({ name }) => seen.get(name).cards));
    const faults = inLanguage(language).filter(({ name }) => !/evidence-/.test(name)).flatMap(({ name }) =>
      seen.get(name).ledTo.flatMap(([place, card]) => {
        if (!cards.has(card)) return [`${name}#${place}: ${card} has no card`];
        return cards.get(card).some((href) => href.startsWith(`${name.split("/")[1]}#`)) ? [] : [`${card}: no way back to ${name}`];
      }));
    none([...new Set(faults)], "evidence that leads one way only");
  });
}

test("the switch of language stays on the page", () =>
  none(over(({ switches }, { front, language, name }) => {
    const expected = languages.filter((one) => one !== language).map((one) => `../${one}/${name.split("/")[1]}`);
    return front || `${switches}` === `${expected}` ? [] : [`${switches} instead of ${expected}`];
  }), "switches"));

// Both languages are whole: no English is left on a Japanese page but names, and the reverse

const names = /Creative Commons( Attribution)?|Portable Document Format|National Innovation System/g; // as readers of Japanese know them
const englishRun = /[A-Za-z][A-Za-z'’-]*(?:[ ,;:]+[A-Za-z][A-Za-z'’-]*){2,}/;
const japanese = /[\u3041-\u309f\u30a0-\u30ff\u4e00-\u9fff\uff66-\uff9f]+/;
const untranslated = {
  ja: ({ text }) => text.replace(names, "").match(englishRun)?.[0],
  en: ({ text }) => text.match(japanese)?.[0],
};

test("nothing on a page is left in another language", () =>
  none([...new Set(over(({ said }, { front, language }) => (front ? [] : said.filter((one) => one.language === language).flatMap((found) => {
    const run = untranslated[language](found);
    return run ? [`${found.place}: ${found.kind}: “${run.slice(0, 60)}” in “${found.text.slice(0, 90)}”`] : [];
  }))))], "untranslated"));

test("what is marked as another language is in it", () =>
  none([...new Set(over(({ said }, { front, language }) => (front ? [] : said.filter((one) => one.language !== language)
    .filter(({ language: own, text }) => japanese.test(text) !== (own === "ja"))
    .map(({ language: own, text, place }) => `${place}: marked ${own}: “${text.slice(0, 60)}”`))))], "wrongly marked"));

// Sizes

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

test("a first page is under 700 kB with its pictures", () => {
  for (const language of languages) {
    const { loads } = seen.get(`${language}/index.html`);
    const parts = loads.map((file) => [statSync(fileURLToPath(file)).size, file]).sort((a, b) => b[0] - a[0]);
    const total = parts.reduce((sum, [bytes]) => sum + bytes, 0);
    const largest = parts.slice(0, 3).map(([bytes, file]) => `${file.split("/").pop()} ${bytes}`);
    assert.ok(total < 700e3, `${language}: ${Math.round(total / 1e3)} kB; the largest: ${largest.join(", ")}`);
  }
});

// The checks themselves are seen to find something

test("axe is at work: it finds a picture without a name and faint text", async () => {
  await visit(browser, address(languages[0], "index.html"), async (page) => {
    await page.evaluate(() => {
      document.querySelector("main").insertAdjacentHTML("afterbegin", "<img src='figures/none.png'><p id=faint>faint</p>");
      document.getElementById("faint").style.cssText = "color: #888; background: light-dark(#ccc, #777)";
    });
    const found = (await checkAccessibility(page)).join("\n");
    for (const rule of ["image-alt", "light: color-contrast", "dark: color-contrast"]) assert.ok(found.includes(rule), found);
  }, { script: axe });
});

test("what sticks out, and what is too small or too low, is found", async () => {
  await visit(browser, address(languages[0], "phases.html"), async (page) => {
    await page.evaluate(() => {
      document.querySelector("main").insertAdjacentHTML("beforeend", "<p style='width: 1900px'>wide</p>");
      document.querySelector("header").insertAdjacentHTML("beforeend", "<a href='#content' style='font-size: 6px; line-height: 1'>x</a>");
      document.querySelectorAll("figure.exhibit .drawing text").forEach((text) => { text.style.fontSize = "3px"; });
    });
    const found = await measure(page);
    assert.ok(found.sideways.length && found.smallTargets.length && found.smallText.length);
  });
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
