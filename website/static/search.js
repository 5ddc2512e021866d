/* The search page: MiniSearch over the sections of the book (website/search.py), the glossary first. */
/* global MiniSearch, SECTIONS */
const Search = (() => {
  "use strict";

  // One form for singular and plural: "logits" finds "logit", "losses" finds "loss".
  const stem = (word) =>
    word
      .toLowerCase()
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .replace(/(ss|sh|ch|x)es$/, "$1")
      .replace(/([^aeious])ies$/, "$1y")
      .replace(/([^siu])s$/, "$1");
  const words = (text) => text.split(/[\s\p{P}]+/u).filter(Boolean).map(stem);

  const index = (rows) => {
    const places = rows.map(([title, page, address, text, entry], id) => ({
      id, title, page, address, text, entry,
    }));
    const mini = new MiniSearch({
      fields: ["title", "text"],
      processTerm: stem,
      searchOptions: {
        boost: {title: 4},
        prefix: (word) => word.length > 2,
        // The chapters explain; exercises, references and the like come after them.
        boostDocument: (id) => (/^chapters\/\d/.test(places[id].address) ? 2 : 1),
      },
    });
    mini.addAll(places);
    return {mini, places};
  };

  /* How well a title answers: 3, it is what was asked for; 2, an entry of the glossary that has all
     words in its title; 1, a section that does. */
  const rank = (place, asked) => {
    const title = words(place.title);
    const all = asked.every((word) => title.includes(word));
    return !all ? 0 : title.length === asked.length ? 3 : place.entry ? 2 : 1;
  };

  const find = ({mini, places}, query) => {
    const asked = words(query);
    if (!asked.length) {
      return [];
    }
    // All words; if no section has them all, some; if none has any, words that are spelled alike.
    const tries = [{combineWith: "AND"}, {combineWith: "OR"}, {combineWith: "OR", fuzzy: 0.25}];
    for (const options of tries) {
      const found = mini.search(query, options);
      if (found.length) {
        return found
          .map(({id, score}) => ({place: places[id], score}))
          .map((hit) => ({...hit, rank: rank(hit.place, asked)}))
          .sort((a, b) => b.rank - a.rank || b.place.entry * (b.rank > 0) - a.place.entry * (a.rank > 0)
            || b.score - a.score)
          .map((hit) => hit.place);
      }
    }
    return [];
  };

  // A sentence ends with its line, or where a capital, a digit or a quotation begins, and so not
  // after "e.g.".
  const END = /([.?!:][”"')]*)\s+(?=[\p{Lu}\p{N}“"(○●])/gu;
  const sentences = (text) => text.replace(END, "$1\n").split("\n");
  const sentence = (text, query) => {
    const asked = words(query);
    const all = sentences(text);
    const score = (part) => {
      const has = words(part);
      return asked.filter((word) => has.some((other) => other.startsWith(word))).length;
    };
    let best = 0;
    for (let i = 1; i < all.length; i++) {
      if (score(all[i]) > score(all[best])) {
        best = i;
      }
    }
    const part = all[best] ?? "";
    return part.length > 260 ? `${part.slice(0, part.lastIndexOf(" ", 250))} …` : part;
  };

  const marked = (text, query) => {
    const asked = words(query);
    return text.split(/([\s\p{P}]+)/u).map((part, i) => {
      if (i % 2 || !asked.some((word) => stem(part).startsWith(word))) {
        return document.createTextNode(part);
      }
      const mark = document.createElement("mark");
      mark.textContent = part;
      return mark;
    });
  };

  const show = (box, query) => {
    const found = find(index(SECTIONS), query);
    const status = document.createElement("p");
    status.setAttribute("role", "status");
    box.replaceChildren(status);
    const list = document.createElement("ul");
    for (const place of found) {
      const link = document.createElement("a");
      link.href = place.address;
      link.textContent = place.title;
      const where = document.createElement("span");
      where.className = "where";
      where.textContent = place.title === place.page ? "" : place.page;
      const text = document.createElement("p");
      text.append(...marked(sentence(place.text, query), query));
      const item = document.createElement("li");
      item.append(link, " ", where, text);
      list.append(item);
    }
    box.append(list);
    // Said last: a screen reader reads a status that changes, not one that is there from the start.
    const places = found.length === 1 ? "One place" : `${found.length} places`;
    status.textContent = found.length
      ? `${places} for “${query}”, the best first.`
      : `Nothing found for “${query}”. Try fewer or other words; the glossary lists the book's terms.`;
  };

  return {index, find, sentence, show};
})();

if (typeof document !== "undefined") {
  const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
  for (const field of document.querySelectorAll('input[name="q"]')) {
    field.value = query;
  }
  const box = document.getElementById("search-results");
  if (box && query) {
    Search.show(box, query);
  }
}
