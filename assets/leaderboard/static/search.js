// Search: titles and descriptions of all pages, fetched when somebody begins to search. All text enters the page as text.
// No module: browsers load none from a folder, and such a page has to say so.
"use strict";
(() => {
  const form = document.getElementById("search");
  const field = document.getElementById("wanted");
  const status = document.getElementById("status");
  const list = document.getElementById("found");
  const words = form.dataset;
  const SHOWN = 50;
  let pages = null;

  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  // "Société" is found as "societe": accents and case are left out, as in what is searched.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/’/g, "'").toLowerCase();

  async function load() {
    if (pages) return pages;
    if (location.protocol === "file:") throw new Error(words.file);
    status.textContent = words.loading;
    const answer = await fetch(new URL(words.index, document.baseURI)).catch(() => null);
    if (!answer || !answer.ok) throw new Error(words.missing);
    pages = (await answer.json()).map((page) => ({
      ...page,
      head: plain(page.title),
      text: plain(`${page.title} ${page.kind} ${page.about} ${page.also} ${page.address}`),
    }));
    return pages;
  }

  // Every word has to occur; a page whose title begins with what is wanted comes first, then those with all of it there.
  function rank(page, wanted, all) {
    if (!all.every((word) => page.text.includes(word))) return -1;
    if (page.head.startsWith(wanted)) return 3;
    if (page.head.includes(wanted)) return 2;
    return all.every((word) => page.head.includes(word)) ? 1 : 0;
  }

  function item(page) {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.href = page.address;
    link.textContent = page.title;
    const kind = document.createElement("span");
    kind.className = "aside";
    kind.textContent = page.kind;
    entry.append(link, " ", kind);
    if (page.about) {
      const about = document.createElement("p");
      about.textContent = page.about;
      entry.append(about);
    }
    return entry;
  }

  async function search() {
    const wanted = plain(field.value).trim();
    const all = wanted.split(/\s+/).filter(Boolean);
    list.replaceChildren();
    status.textContent = "";
    if (!all.length) return;
    try {
      const ranked = (await load())
        .map((page) => [rank(page, wanted, all), page])
        .filter(([place]) => place >= 0)
        .sort(([one, page], [other, next]) => other - one || page.address.length - next.address.length); // lists first
      if (plain(field.value).trim() !== wanted) return; // somebody went on typing
      list.replaceChildren(...ranked.slice(0, SHOWN).map(([, page]) => item(page)));
      const n = ranked.length;
      status.textContent = n > SHOWN ? filled(words.first, { shown: SHOWN, n }) : n === 1 ? words.one : filled(words.many, { n });
    } catch (error) {
      status.textContent = error.message;
    }
  }

  // #q=… is the address of a search.
  function follow() {
    const asked = new URLSearchParams(location.hash.slice(1)).get("q");
    if (asked === null || asked === field.value) return;
    field.value = asked;
    search();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(null, "", `#${new URLSearchParams({ q: field.value })}`);
    search();
  });
  field.addEventListener("input", search);
  addEventListener("hashchange", follow);
  follow();
})();
