/* Runs with the theme's scripts, after the page has been read. */
(() => {
  "use strict";

  // A formula or a table that is wider than the column scrolls in its own box; without a mouse one
  // can scroll it only if it can have the focus.
  const reachable = () => {
    for (const box of document.querySelectorAll("div.math, .pst-scrollable-table-container")) {
      if (box.scrollWidth > box.clientWidth + 1) {
        box.tabIndex = 0;
      } else {
        box.removeAttribute("tabindex");
      }
    }
  };
  window.addEventListener("load", () => {
    reachable();
    new ResizeObserver(reachable).observe(document.querySelector("main") ?? document.body);
  });
})();
