/* Runs with the theme's scripts, after the page has been read. */
(() => {
  "use strict";

  // A formula, a table or a drawing that is wider than the column scrolls in its own box; without a
  // mouse one can scroll it only if it can have the focus.
  const BOXES = "div.math, span.math, .pst-scrollable-table-container, .drawing";
  const more = (box) => {
    box.classList.toggle("more", box.scrollLeft + box.clientWidth < box.scrollWidth - 2);
  };
  const reachable = () => {
    const wide = [...document.querySelectorAll(BOXES)].map((box) => {
      const formula = box.querySelector(":scope > mjx-container[jax='CHTML'] > mjx-math");
      const width = formula ? formula.getBoundingClientRect().width : box.scrollWidth;
      return [box, width > box.clientWidth + 1];
    });
    for (const [box, scrolls] of wide) {
      box.classList.toggle("scrolls", scrolls);
      if (scrolls) {
        box.tabIndex = 0;
        more(box);
      } else {
        box.removeAttribute("tabindex");
      }
    }
  };
  // Scrolling does not bubble.
  const scrolled = ({target: box}) => {
    if (box instanceof Element && box.matches(BOXES)) {
      more(box);
    }
  };
  document.addEventListener("scroll", scrolled, {capture: true, passive: true});

  // A question of the quiz knows whether it has been answered, and by which option first.
  const questions = [...document.querySelectorAll("#quiz .question")];
  const isRight = (option) => option.querySelector("strong")?.textContent === "Right.";
  const tally = () => {
    const answered = questions.filter((question) => question.dataset.first);
    const right = answered.filter((question) => question.dataset.first === "right");
    return `${answered.length} of ${questions.length} answered, ${right.length} right at once.`;
  };
  for (const question of questions) {
    const result = question.querySelector(".result");
    question.addEventListener("toggle", ({target: option}) => {
      if (!option.open) {
        return;
      }
      const verdict = isRight(option) ? "right" : "wrong";
      option.dataset.verdict = verdict;
      const before = question.dataset.first;
      question.dataset.first ??= verdict;
      const found = {right: "Right.", wrong: "Not quite: try another."}[verdict];
      result.textContent = before === "right" ? `Answered. ${tally()}` : `${found} ${tally()}`;
    }, true);
  }

  // A frame may forbid forms (the attribute sandbox), and the search is one: go there as by a link.
  document.addEventListener("keydown", (event) => {
    const form = event.target instanceof Element && event.target.closest("form.bd-search");
    if (event.key !== "Enter" || event.isComposing || !form) {
      return;
    }
    event.preventDefault();
    const address = new URL(form.action);
    address.search = String(new URLSearchParams(new FormData(form)));
    location.assign(address);
  });

  // Paper is white, whichever theme was chosen.
  const root = document.documentElement;
  let chosen = root.dataset.theme;
  window.addEventListener("beforeprint", () => {
    chosen = root.dataset.theme;
    root.dataset.theme = "light";
  });
  window.addEventListener("afterprint", () => {
    root.dataset.theme = chosen;
  });

  window.addEventListener("load", () => {
    reachable();
    new ResizeObserver(reachable).observe(document.querySelector("main") ?? document.body);
  });
})();
