// The search of the site: whole words first, in either language, the thing itself before what mentions it.
"use strict";

(() => {
  const results = document.getElementById("search-results");
  const asked = new URLSearchParams(location.search).get("q")?.trim() ?? "";
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const status = results.querySelector("[role=status]");
  const list = results.querySelector("ol");
  for (const input of document.querySelectorAll("form[role=search] input")) input.value = asked;
  if (!asked) { status.textContent = results.dataset.how; return; }

  const cjk = /[\u3040-\u30ff\u4e00-\u9fff]/;
  const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const tests = plain(asked).split(/\s+/).filter(Boolean).map((word) => {
    if (cjk.test(word)) return { whole: new RegExp(escaped(word), "u"), start: null, inside: null };
    const whole = new RegExp(`(?<![\\p{L}\\p{N}])${escaped(word)}(?![\\p{L}\\p{N}+-])`, "u");
    const long = word.length > 2 && /^[\p{L}\p{N}]/u.test(word);
    return { whole, start: long ? new RegExp(`(?<![\\p{L}\\p{N}])${escaped(word)}`, "u") : null,
      inside: long ? new RegExp(escaped(word), "u") : null };
  });

  const weigh = (test, text, [whole, start, inside]) =>
    test.whole.test(text) ? whole : test.start?.test(text) ? start : test.inside?.test(text) ? inside : 0;
  const query = plain(asked);

  function score([kind, title, , text, also]) {
    const own = plain(title), other = plain(also), body = plain(text);
    let sum = 0;
    for (const test of tests) {
      const best = Math.max(weigh(test, own, [40, 25, 3]), weigh(test, other, [36, 22, 2]), weigh(test, body, [10, 6, 1]));
      if (!best) return 0;
      sum += best;
    }
    if (own === query || other === query) sum += 200;
    // Among titles that say the word the shorter one is more about it.
    return sum + [9, 5, 0][kind] - Math.min(own.length, 80) / 40;
  }

  const found = searchEntries.map((entry) => [score(entry), entry]).filter(([n]) => n > 0)
    .sort(([a], [b]) => b - a).map(([, entry]) => entry);

  function marked(text) {
    const parts = [];
    const low = plain(text);
    const test = tests.find((t) => (t.start ?? t.whole).test(low));
    const match = test && low.length === text.length ? (test.start ?? test.whole).exec(low) : null;
    if (!match) return [document.createTextNode(text.slice(0, 140) + (text.length > 140 ? "…" : ""))];
    const from = Math.max(0, match.index - 60), to = Math.min(text.length, match.index + 120);
    parts.push((from ? "…" : "") + text.slice(from, match.index));
    const mark = document.createElement("mark");
    mark.textContent = text.slice(match.index, match.index + match[0].length);
    return [...parts, mark, text.slice(match.index + match[0].length, to) + (to < text.length ? "…" : "")];
  }

  function item([, title, address, text, also]) {
    const element = document.createElement("li");
    const link = document.createElement("a");
    link.href = address;
    link.className = "found-title";
    link.textContent = title || also || address;
    const excerpt = document.createElement("p");
    excerpt.append(...marked(text));
    if (also && !tests.every((t) => t.whole.test(plain(title + text)))) excerpt.append(` (${also})`);
    element.append(link, excerpt);
    return element;
  }

  const step = 20;
  const more = document.createElement("button");
  more.type = "button";
  more.className = "panel-close";
  more.textContent = results.dataset.more;
  function next() {
    const shown = list.children.length;
    const items = found.slice(shown, shown + step).map(item);
    list.append(...items);
    status.textContent = (found.length ? results.dataset.found : results.dataset.none)
      .replace("{words}", asked).replace("{n}", found.length).replace("{shown}", list.children.length);
    if (list.children.length < found.length) list.after(more); else more.remove();
    if (shown) items[0]?.querySelector("a").focus();
  }
  more.addEventListener("click", next);
  next();
})();
