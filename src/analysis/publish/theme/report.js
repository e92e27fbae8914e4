// What a page does beyond being read; without it every link still leads to its page.
"use strict";

const words = document.body.dataset;
const panel = document.getElementById("panel");
const make = (tag, attributes = {}, text = "") => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
};

// -- Places on the page ------------------------------------------------------------------------------

// The other language's page is opened where the reader is: anchors are the same in both.
for (const link of document.querySelectorAll(".switch a")) {
  const address = link.getAttribute("href");
  link.addEventListener("click", () => { link.setAttribute("href", address + place()); });
}

/** Where the reader is: the anchor in the address, else the last named place above the middle. */
function place() {
  if (location.hash) return location.hash;
  if (scrollY < innerHeight / 2) return "";
  const above = [...document.querySelectorAll("main [id]")].filter((element) =>
    element.matches("h2, h3, figure, .finding, .table, .card") && element.getBoundingClientRect().top < innerHeight / 2);
  return above.length ? `#${above.at(-1).id}` : "";
}

/** Unfold what hides the place that the address names. */
function unfold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  let folded = false;
  for (let around = target.closest("details:not([open])"); around; around = around.parentElement.closest("details:not([open])")) {
    around.open = folded = true;
  }
  if (folded) target.scrollIntoView();
}
addEventListener("hashchange", unfold);
unfold();

document.addEventListener("click", (event) => {
  const anchor = event.target.closest("a.anchor");
  if (anchor) {
    navigator.clipboard?.writeText(anchor.href).then(() => say(anchor, words.copied), () => {});
  }
});

function say(beside, text) {
  const note = make("span", { class: "quiet", role: "status" }, ` ${text}`);
  beside.after(note);
  setTimeout(() => note.remove(), 2000);
}

// -- Navigation --------------------------------------------------------------------------------------

const groups = [...document.querySelectorAll(".bar details")];
document.addEventListener("click", (event) => {
  for (const group of groups) if (!group.contains(event.target)) group.open = false;
});
document.addEventListener("focusin", (event) => {
  for (const group of groups) if (!group.contains(event.target)) group.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = groups.find((group) => group.open);
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (panel && !panel.hidden) close();
});

// -- One record, everywhere on the page --------------------------------------------------------------

/** The anchor of the record that an element shows or leads to. */
function record(element) {
  const address = element?.getAttribute("href") ?? "";
  return element?.dataset.record ?? (/^evidence-[\w-]+\.html#/.test(address) ? address.split("#")[1] : "");
}

function light(event) {
  const key = record(event.target.closest?.("a[href], [data-record]"));
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (!key) return;
  const same = `[data-record="${CSS.escape(key)}"], a[href$="#${CSS.escape(key)}"]`;
  for (const element of document.querySelectorAll(same)) element.classList.add("lit");
}
document.addEventListener("pointerover", light);
document.addEventListener("focusin", light);

// -- Evidence beside the figure ----------------------------------------------------------------------

/** Where a record's card stands: `table/id`, with the study before it where it is another one. */
const home = (key) => `evidence-${key.slice(0, key.lastIndexOf("/")).replaceAll("/", "-")}.html#${key.replaceAll("/", "-")}`;

let opener = null; // where the focus returns to
let cards = null;

/** The cards of all records, loaded when the first of them is asked for: a page on a file may fetch nothing. */
function loaded() {
  cards ??= new Promise((done, failed) => {
    const script = make("script", { src: "_static/cards.js" });
    script.onload = () => done(window.cards);
    script.onerror = failed;
    document.head.append(script);
  });
  return cards;
}

function show(content, address) {
  panel.querySelector(".panel-content").replaceChildren(...content);
  panel.querySelector(".panel-open").setAttribute("href", address);
  panel.hidden = false;
  document.body.classList.add("panelled");
  panel.scrollTop = 0;
  panel.focus();
}

function close() {
  panel.hidden = true;
  document.body.classList.remove("panelled");
  opener?.focus({ preventScroll: true });
  opener = null;
}
panel?.querySelector(".panel-close").addEventListener("click", close);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || !panel || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.matches(".panel-open")) return;
  const address = link.getAttribute("href") ?? "";
  const inside = panel.contains(link);
  const item = address.startsWith("#") && link.closest(".drawing") && document.getElementById(address.slice(1));
  if (item) {
    event.preventDefault();
    opener = link;
    const title = make("h2", {}, link.closest("figure").querySelector("[id$='-title']").firstChild.textContent);
    const shown = make("div", { class: "card" });
    shown.append(title, ...[...item.childNodes].map((node) => node.cloneNode(true)));
    show([shown], address);
    return;
  }
  const key = record(link);
  if (!key || document.getElementById(key)?.matches(".card")) return;
  event.preventDefault();
  loaded().then((all) => {
    if (!all[key]) throw new Error(key);
    if (!inside) opener = link;
    const holder = make("div");
    holder.innerHTML = all[key]; // made by the templates, which escape all data
    for (const element of holder.querySelectorAll("[id]")) element.removeAttribute("id");
    for (const list of holder.querySelectorAll("ul[data-to]")) {
      list.innerHTML = list.dataset.to.split(" ").map((key) => `<li><a data-to="${key}"></a></li>`).join("");
    }
    for (const element of holder.querySelectorAll("a")) {
      if (!element.textContent) element.innerHTML = window.names[element.dataset.to ?? element.getAttribute("href")];
      if (element.dataset.to) element.href = home(element.dataset.to);
    }
    show([...holder.childNodes], address);
  }).catch(() => { location.href = address; });
});

// -- Tables ------------------------------------------------------------------------------------------

const regionNames = JSON.parse(words.regionNames ?? "{}");
const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
const said = (shown, all) => words.shown.replace("{shown}", shown).replace("{all}", all);

function value(row, column) {
  const cell = row.cells[column];
  const own = cell?.dataset.sort ?? cell?.textContent.trim() ?? "";
  const number = Number(own.replaceAll(",", "").replace("−", "-"));
  return own !== "" && !Number.isNaN(number) ? number : own;
}

function sortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    if (!head.textContent.trim()) return; // an index of a DataFrame: a button needs a name
    const button = make("button", { type: "button" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : order.compare(a, b));
      const rows = [...table.tBodies[0].rows].map((row) => [value(row, column), row]);
      rows.sort(([a], [b]) => (a === "" || b === "" ? (a === "") - (b === "") : (up ? 1 : -1) * compare(a, b)));
      table.tBodies[0].append(...rows.map(([, row]) => row));
    });
  });
}

/** Let items be filtered by a word and, where they are of several regions, by region. */
function filtered(items, input, select, output) {
  const apply = () => {
    const wanted = input.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of items) {
      const text = item.textContent.normalize("NFKC").toLowerCase();
      const fits = wanted.every((word) => text.includes(word)) && (!select?.value || item.dataset.region === select.value);
      item.hidden = !fits;
      shown += fits;
    }
    output.textContent = shown === items.length ? "" : said(shown, items.length);
  };
  input.addEventListener("input", apply);
  select?.addEventListener("change", apply);
}

for (const block of document.querySelectorAll(".table")) {
  const table = block.querySelector("table");
  if (!table?.tHead || table.tBodies[0].rows.length < 2) continue;
  sortable(table);
  const rows = [...table.tBodies[0].rows];
  const regions = [...new Set(rows.map((row) => row.dataset.region).filter(Boolean))];
  if (!block.matches(".long") && regions.length < 2) continue;
  const tools = make("div", { class: "tools" });
  const input = make("input", { type: "search", "aria-label": words.filterRows, placeholder: words.filter, autocomplete: "off" });
  tools.append(input);
  let select = null;
  if (regions.length > 1) {
    select = make("select", { "aria-label": words.regions });
    select.append(make("option", { value: "" }, words.allRegions));
    for (const region of regions) select.append(make("option", { value: region }, regionNames[region] ?? region));
    tools.append(select);
  }
  const output = make("output");
  tools.append(output);
  block.prepend(tools);
  filtered(rows, input, select, output);
}

const cardFilter = document.querySelector(".card-filter");
if (cardFilter) {
  cardFilter.hidden = false;
  filtered([...document.querySelectorAll(".cards .card")], cardFilter.querySelector("input"),
    cardFilter.querySelector("select"), cardFilter.querySelector("output"));
}
