// Finds words in the report's sections and evidence cards; `searchEntries` is written by the build.
//
// A part of a word is enough, so that Japanese need not be cut into words: 広域連携 is found wherever
// it stands. Full-width and half-width forms and capitals count as the same.
"use strict";

const MOST = 60; // results shown

const plain = (text) => text.normalize("NFKC").toLowerCase();

/** The words of a question; an English plural also finds the singular. */
const wordsOf = (question) =>
  plain(question).split(/[\s、。，．]+/u).filter(Boolean)
    .map((word) => (/^[a-z-]{4,}[^s]s$/.test(word) ? word.slice(0, -1) : word));

/** How well an entry answers: titles before text, openings of words before parts; 0 for not at all. */
function score(entry, words) {
  let sum = 0;
  for (const word of words) {
    const inTitle = plain(entry.title).includes(word);
    const inText = plain(entry.text).includes(word);
    if (!inTitle && !inText) return 0;
    const opens = ` ${plain(entry.title)} ${plain(entry.text)}`.includes(` ${word}`);
    sum += 1 + 4 * inTitle + opens;
  }
  return sum;
}

/** A piece of the text around the first word found. */
function around(text, words) {
  const place = Math.max(0, Math.min(...words.map((word) => {
    const found = plain(text).indexOf(word);
    return found < 0 ? Infinity : found;
  }).filter(Number.isFinite), text.length) - 40);
  const piece = text.slice(place, place + 160);
  return `${place ? "…" : ""}${piece}${place + 160 < text.length ? "…" : ""}`;
}

/** Everything is set as text: neither a question nor an entry can become markup. */
function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  Object.assign(made, attributes);
  return made;
}

function show(question) {
  const place = document.getElementById("search-results");
  const words = wordsOf(question);
  if (!words.length) {
    place.replaceChildren(element("p", place.dataset.how));
    return;
  }
  const found = searchEntries
    .map(([page, address, title, text]) => ({ page, address, title, text }))
    .map((entry) => ({ ...entry, score: score(entry, words) }))
    .filter((entry) => entry.score)
    .sort((a, b) => b.score - a.score);
  const list = document.createElement("ol");
  for (const entry of found.slice(0, MOST)) {
    const item = document.createElement("li");
    item.append(
      element("a", entry.title, { href: entry.address }),
      element("span", ` ${entry.page}`, { className: "page" }),
      element("p", around(entry.text, words)),
    );
    list.append(item);
  }
  const said = (found.length ? place.dataset.found : place.dataset.none)
    .replace("{n}", found.length).replace("{words}", question);
  place.replaceChildren(element("p", said), list);
}

const question = new URLSearchParams(location.search).get("q") ?? "";
document.querySelector("form[role=search] input").value = question;
show(question);
