// Both languages are whole: no English is left on a Japanese page but names, and the reverse.

import { after, before, test } from "node:test";
import { languages, none, pages, startBrowser, url, visit } from "./report.js";

let browser;
const said = new Map(); // page name to what it says
before(async () => {
  browser = await startBrowser();
  for (const { name, path, front } of pages) {
    if (!front) said.set(name, await visit(browser, url(path), (page) => page.evaluate(words)));
  }
});
after(() => browser.close());

/**
 * Everything a page says: text, names for screen readers, tooltips and the words of its figures
 * (drawn as outlines, each with the words in a comment), with the language and the place of each.
 */
function words() {
  const language = (element) => element.closest("[lang]").lang;
  const place = (element) => {
    const card = element.closest(".card");
    const box = element.closest("dd, dt, th, td, li, p, h1, h2, h3, caption, figcaption, nav, svg, footer, header");
    const within = element.closest("figure")?.id || card?.id
      || element.closest("table")?.caption?.textContent.slice(0, 40) || element.closest("section[id]")?.id || "";
    return `${within} <${(box ?? element).tagName.toLowerCase()}>`.trim();
  };
  const left = ".files, script, style, code, pre, cite, kbd, .hash, .reference, a[href^='http']";
  const found = [];
  const add = (element, text, kind) => {
    if (text?.trim()) found.push({ language: language(element), text: text.trim().replace(/\s+/g, " "), kind, place: place(element) });
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
      const key = `${language(element)}`;
      if (!blocks.has(block)) blocks.set(block, new Map());
      blocks.get(block).set(key, (blocks.get(block).get(key) ?? "") + node.data);
    }
  }
  for (const [block, texts] of blocks) {
    for (const [own, text] of texts) {
      if (text.trim()) found.push({ language: own, text: text.trim().replace(/\s+/g, " "), kind: "text", place: place(block) });
    }
  }
  for (const name of ["title", "aria-label", "alt", "placeholder", "value"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) add(element, element.getAttribute(name), name);
  }
  return found;
}

// Names that stand in English on a Japanese page, too, as Japanese readers know them.
const names = /Creative Commons( Attribution)?|Portable Document Format|National Innovation System/g;
const englishRun = /[A-Za-z][A-Za-z'’-]*(?:[ ,;:]+[A-Za-z][A-Za-z'’-]*){2,}/;
const japanese = /[\u3041-\u309f\u30a0-\u30ff\u4e00-\u9fff\uff66-\uff9f]+/;

const untranslated = {
  ja: ({ text }) => text.replace(names, "").match(englishRun)?.[0],
  en: ({ text }) => text.match(japanese)?.[0],
};

for (const language of languages) {
  test(`${language}: nothing on the pages is left in the other language`, () => {
    const faults = [];
    for (const [name, texts] of said) {
      if (!name.startsWith(`${language}/`)) continue;
      for (const found of texts.filter((one) => one.language === language)) {
        const run = untranslated[language](found);
        if (run) faults.push(`${name}: ${found.place}: ${found.kind}: “${run.slice(0, 60)}” in “${found.text.slice(0, 90)}”`);
      }
    }
    none([...new Set(faults)], "untranslated");
  });

  test(`${language}: what is marked as the other language is in it`, () => {
    const faults = [];
    for (const [name, texts] of said) {
      if (!name.startsWith(`${language}/`)) continue;
      for (const { language: own, text, place } of texts.filter((one) => one.language !== language)) {
        const right = own === "ja" ? japanese.test(text) : !japanese.test(text);
        if (!right) faults.push(`${name}: ${place}: marked ${own}: “${text.slice(0, 60)}”`);
      }
    }
    none([...new Set(faults)], "wrongly marked");
  });
}
