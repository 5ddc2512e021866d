/* The first of the page's scripts. A browser may forbid a page to store anything (cookies switched
   off, a frame with the attribute sandbox). There, merely mentioning localStorage throws, which would
   stop every later script of the bundle. They get a store that lasts as long as the page. */
(() => {
  "use strict";

  class PageStorage {
    #entries = new Map();

    get length() {
      return this.#entries.size;
    }

    key(index) {
      return [...this.#entries.keys()][index] ?? null;
    }

    getItem(name) {
      return this.#entries.get(String(name)) ?? null;
    }

    setItem(name, value) {
      this.#entries.set(String(name), String(value));
    }

    removeItem(name) {
      this.#entries.delete(String(name));
    }

    clear() {
      this.#entries.clear();
    }
  }

  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      // Some give null, some give a store that is full before anything is in it.
      window[name].setItem("storage", "works");
      window[name].removeItem("storage");
    } catch {
      Object.defineProperty(window, name, {value: new PageStorage(), configurable: true});
    }
  }
})();
