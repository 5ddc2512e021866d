// @ts-check
// Chapter 8, the covered page: guess the next letter, say how sure you are, and pay in bits.

/** @typedef {{passage: number, letter: string, confidence: number, record: string, answer: number,
 *   opened: boolean}} LettersState confidences in percent; the letter that is about to be guessed, "_"
 *   for the space; `record`: each guess with its confidence, "e50", or "-" where the reader passed;
 *   `answer`: the single confidence that the reader thinks cheapest; `opened`: it has been given */
/**
 * The output of scripts/letters_data.py.
 * @typedef {object} LettersData
 * @property {string} alphabet a letter's place in it is its number
 * @property {number[]} orders of the machines: how many letters each remembers
 * @property {number[]} weights of the letters; divided by their sum, their frequencies
 * @property {Passage[]} passages
 */
/** @typedef {{lead: string, covered: number[], bits: number[][], best: number[], sure: number[]}} Passage
 *   what is shown, the covered letters, what each machine pays for them, what the machine of order 4
 *   would guess, and what it pays with one guess and its own confidence */
/** @typedef {{guess: number, c: number}} Guess -1 for a pass; the confidence as a probability */

/** The mathematics, without drawing. Prices are in bits. */
const lettersMath = {
  /** @returns {LettersData} */
  data: () => /** @type {LettersData} */ (KIT_DATA),

  /** @param {LettersState} state @returns {Passage} */
  passage: ({ passage }) => lettersMath.data().passages[Math.round(passage) - 1],

  /** @param {number} y @returns {number} how often a letter occurs in the book, as a share */
  frequency(y) {
    const { weights } = lettersMath.data();
    return weights[y] / weights.reduce((a, b) => a + b, 0);
  },

  /** What a guess gives to a letter: the confidence to the one that it names, and to the others what
   * is left, in proportion to their frequencies. A pass gives the frequencies.
   * @param {Guess} guess @param {number} y @returns {number} */
  given({ guess, c }, y) {
    if (y === guess) return c;
    const share = lettersMath.frequency(y);
    return guess < 0 ? share : ((1 - c) * share) / (1 - lettersMath.frequency(guess));
  },

  /** What a guess claims of every letter. @param {Guess} guess @returns {number[]} */
  claim: (guess) => lettersMath.data().weights.map((_, y) => lettersMath.given(guess, y)),

  /** @param {Guess} guess @param {number} y the letter that came @returns {number} bits */
  price: (guess, y) => 0 - Math.log2(lettersMath.given(guess, y)),

  /** @param {string} record @returns {Guess[]} */
  guesses: (record) => (record.match(/-|[a-z_]\d\d/g) ?? []).map((item) => (item === "-"
    ? { guess: -1, c: 0 }
    : { guess: lettersMath.number(item[0]), c: Number(item.slice(1)) / 100 })),

  /** @param {string} letter "_" for the space @returns {number} */
  number: (letter) => lettersMath.data().alphabet.indexOf(letter === "_" ? " " : letter),

  /** @param {number} y @returns {string} as keys and tiles show it: "_" for the space */
  sign: (y) => lettersMath.data().alphabet[y].replace(" ", "_"),

  /** @param {number} y @returns {string} as it is said */
  name: (y) => lettersMath.data().alphabet[y].replace(" ", "space"),

  /** @param {LettersState} s @returns {number} how many letters are uncovered */
  place: (s) => lettersMath.guesses(s.record).length,

  /** @param {LettersState} s whether all letters are uncovered */
  complete: (s) => lettersMath.place(s) >= lettersMath.passage(s).covered.length,

  /** @param {LettersState} s whether the bills may be seen */
  open: (s) => s.opened && lettersMath.complete(s),

  /** @param {LettersState} s @returns {string} the letters that have been guessed or passed, no more */
  uncovered: (s) => lettersMath.passage(s).covered.slice(0, lettersMath.place(s))
    .map((y) => lettersMath.data().alphabet[y]).join(""),

  /** @param {LettersState} s @returns {number[]} what each uncovered letter cost, bits */
  bill(s) {
    const { covered } = lettersMath.passage(s);
    return lettersMath.guesses(s.record).map((guess, i) => lettersMath.price(guess, covered[i]));
  },

  /** @param {LettersState} s @returns {{hits: number, tries: number}} passes are no tries */
  score(s) {
    const { covered } = lettersMath.passage(s);
    const all = lettersMath.guesses(s.record);
    return {
      hits: all.filter(({ guess }, i) => guess === covered[i]).length,
      tries: all.filter(({ guess }) => guess >= 0).length,
    };
  },

  /** The single confidence that makes the guesses cheapest: hits / tries, as near as the slider goes.
   * @param {LettersState} s @returns {number | null} percent; null if there is no guess */
  cheapest(s) {
    const { hits, tries } = lettersMath.score(s);
    const { low, high } = kit.limits("confidence");
    return tries ? kit.clamp((100 * hits) / tries, low, high) : null;
  },

  /** What the same guesses cost with one confidence for all. @param {LettersState} s
   * @param {number} percent @returns {number} bits a letter */
  with(s, percent) {
    const { covered } = lettersMath.passage(s);
    const all = lettersMath.guesses(s.record).map(({ guess }, i) =>
      lettersMath.price({ guess, c: percent / 100 }, covered[i]));
    return lettersMath.mean(all);
  },

  /** @param {number[]} bits @returns {number} 0 if there are none */
  mean: (bits) => (bits.length ? bits.reduce((a, b) => a + b, 0) / bits.length : 0),

  /** @param {number} y -1 for a pass @param {number} percent @returns {string} as in a record */
  item: (y, percent) =>
    (y < 0 ? "-" : lettersMath.sign(y) + String(Math.round(percent)).padStart(2, "0")),

  /** The record when the machine of order 4 guesses the rest. @param {LettersState} s */
  filled: (s) => s.record + lettersMath.passage(s).best.slice(lettersMath.place(s))
    .map((y) => lettersMath.item(y, s.confidence)).join(""),

  /** One letter more. @param {LettersState} s @param {number} y -1 for a pass
   * @returns {Partial<LettersState>} */
  uncover: (s, y) => (lettersMath.complete(s) ? {}
    : { record: s.record + lettersMath.item(y, s.confidence), letter: "_" }),

  /** @param {LettersState} s @returns {Partial<LettersState>} one letter fewer */
  undo: (s) => ({ record: s.record.replace(/(-|[a-z_]\d\d)$/, ""), opened: false }),

  /** Whether an answer is the cheapest whole percent, or one of two beside it.
   * @param {LettersState} s */
  right(s) {
    const best = lettersMath.cheapest(s);
    return best !== null && Math.abs(Math.round(s.answer) - best) < 1;
  },

  /** The bills at the end. @param {LettersState} s
   * @returns {Array<[string, string, number]>} colour, name, bits a letter */
  bills(s) {
    const math = lettersMath;
    const { bits, sure } = math.passage(s);
    const best = math.cheapest(s);
    /** @type {Array<[string, string, number]>} */ const own = [
      ["second", "these guesses", math.mean(math.bill(s))],
    ];
    if (best !== null) own.push(["second", `the same, at ${math.percent(best)}`, math.with(s, best)]);
    return [
      ...own,
      ["muted", "Ada, 1/27 each", Math.log2(math.data().alphabet.length)],
      ...math.data().orders.map((order, k) =>
        /** @type {[string, string, number]} */ (["model", `remembers ${order}`, math.mean(bits[k])])),
      ["model", "remembers 4, one guess", math.mean(sure)],
    ];
  },

  /** @param {number} v @returns {string} "62.5 %", "41 %" */
  percent: (v) => `${kit.fixed(v, Math.abs(v - Math.round(v)) < 1e-9 ? 0 : 1)}\u00a0%`,

  /** A share that is never shown as nothing. @param {number} v @returns {string} "31 %", "0.02 %" */
  share(v) {
    const text = kit.fixed(100 * v, v < 0.001 ? 3 : v < 0.0995 ? 1 : 0);
    return `${text}\u00a0%`;
  },

  /** @param {number} v @returns {string} */
  bits: (v) => kit.unit(v, 2, "bits"),
};

/** @param {Ui<LettersState>} ui @returns {Child[]} */
function lettersView(ui) {
  const { el, fixed } = kit;
  const math = lettersMath;
  const data = math.data();
  const complete = math.complete;
  const { low, high } = kit.limits("confidence");
  const chosen = (/** @type {LettersState} */ s) => ({ guess: math.number(s.letter), c: s.confidence / 100 });

  // ---- the page: what is shown, and a tile for each letter ---------------------------------------

  /** While the machine guesses, how many letters it has uncovered so far. */
  let [from, share] = [0, 1];
  const seen = (/** @type {LettersState} */ s) =>
    (share < 1 ? Math.min(math.place(s), from + Math.floor((math.place(s) - from) * share)) : math.place(s));
  const page = el(
    "div",
    { class: "page" },
    ui.text((s) => `Passage ${Math.round(s.passage)}: … ${math.passage(s).lead}…`, { class: "lead" }),
    ui.text((s) => {
      const [n, left] = [math.place(s), math.passage(s).covered.length - math.place(s)];
      return `${n ? `Uncovered: ${math.uncovered(s)}. ` : ""}${left} letters are covered.`;
    }, { class: "unseen" }),
  );
  const tiles = el("div", { class: "tiles", "aria-hidden": "true" });
  ui.bind((s) => {
    const { covered } = math.passage(s);
    const all = math.guesses(s.record);
    const bits = math.bill(s);
    const n = seen(s);
    tiles.replaceChildren(...covered.map((y, i) => {
      if (i >= n) return el("span", { class: `tile ${i === n ? "next" : ""}` });
      const kind = all[i].guess < 0 ? "passed" : all[i].guess === y ? "hit" : "miss";
      const tile = el("span", { class: `tile ${kind}` }, el("b", {}, math.sign(y)),
        el("span", { class: "cost" }, fixed(bits[i], 1)));
      tile.style.setProperty("--h", `${Math.min(100, (100 * bits[i]) / 14)}%`);
      return tile;
    }));
  });
  const tally = ui.text((s) => {
    const bits = math.bill(s).slice(0, seen(s));
    const { hits, tries } = math.score(s);
    const rest = share < 1 ? "" : `; ${hits} of ${tries} ${tries === 1 ? "guess" : "guesses"} right`;
    return `${bits.length} of ${math.passage(s).covered.length} letters: `
      + `${math.bits(bits.reduce((a, b) => a + b, 0))}, ${math.bits(math.mean(bits))} a letter${rest}.`;
  }, { class: "tally" });

  // ---- the guess: a claim about all letters ------------------------------------------------------

  const guessing = () => {
    const claims = ui.plot({
      label: (s) => {
        const claim = math.claim(chosen(s));
        const order = claim.map((_, y) => y).sort((a, b) => claim[b] - claim[a]).slice(0, 4);
        const most = order.map((y) => `${math.name(y)} ${math.share(claim[y])}`).join(", ");
        return `What you claim of the next letter: ${most}, and less for the others.`;
      },
      height: 142,
      margin: { top: 30, right: 2, bottom: 22, left: 54 },
      draw: (g, s) => {
        const claim = math.claim(chosen(s));
        g.scale([0, claim.length], [0, 1]);
        g.yAxis({ ticks: [0, 0.5, 1], text: (v) => `${fixed(100 * v, 0)}\u00a0%`, label: "your claim" });
        claim.forEach((v, y) => {
          const mine = y === math.number(s.letter);
          g.rect(y + 0.12, 0, y + 0.88, v, `bar model ${mine ? "" : "rest"}`);
          g.write(y + 0.5, 0, math.sign(y), `tick ${mine ? "strong" : ""}`, { dy: 15 });
        });
      },
    });
    // One stop for the Tab key; a typed letter chooses, too.
    const inputs = data.weights.map((_, y) => el("input", {
      type: "radio", name: "letter", value: y, "aria-label": math.name(y),
      onchange: () => ui.set({ letter: math.sign(y) }),
    }));
    ui.bind((s) => {
      const now = inputs[math.number(s.letter)];
      const active = inputs.find((input) => input.matches(":focus"));
      now.checked = true;
      if (active && active !== now) now.focus({ preventScroll: true });
    });
    const keys = el(
      "fieldset",
      { class: "keys" },
      el("legend", { class: "unseen" }, "your guess"),
      ...inputs.map((input, y) => el("label", { class: "cap" }, input, el("span", {}, math.sign(y)))),
    );
    const sure = ui.slider({
      label: "your confidence",
      min: low,
      max: high,
      step: 1,
      value: (s) => Math.round(s.confidence),
      change: (v) => ({ confidence: v }),
      text: (v) => `${v}\u00a0%`,
      class: "model",
    });
    return [
      claims, keys, sure,
      el(
        "div",
        { class: "row tools" },
        ui.button({ text: "Uncover", press: (s) => math.uncover(s, math.number(s.letter)) }),
        ui.button({ text: "Pass", press: (s) => math.uncover(s, -1) }),
        ui.button({
          text: "Let the machine guess the rest",
          press: (s) => {
            from = math.place(s);
            ui.set({ record: math.filled(s), letter: "_" });
            ui.animate(70 * (math.place(ui.state()) - from), (now) => {
              share = now;
            }, true);
          },
        }),
      ),
    ];
  };

  // ---- the question, and the answer --------------------------------------------------------------

  const answer = (/** @type {LettersState} */ s) => Math.round(s.answer);
  const curve = () => {
    const plot = ui.plot({
      label: (s) => {
        const best = math.cheapest(s);
        const lowest = best === null ? "It is flat, for there was no guess."
          : `It is lowest, ${math.bits(math.with(s, best))}, at ${math.percent(best)}.`;
        return `What your guesses cost, in bits a letter, with one confidence for all. At ${answer(s)}\u00a0% `
          + `${math.bits(math.with(s, answer(s)))}. ${lowest}`;
      },
      height: 200,
      margin: { top: 26, right: 24, bottom: 42, left: 34 },
      drag: (x) => ({ answer: kit.clamp(Math.round(x), low, high) }),
      draw: (g, s) => {
        const points = Array.from({ length: high - low + 1 }, (_, i) =>
          /** @type {[number, number]} */ ([low + i, math.with(s, low + i)]));
        const all = points.map(([, v]) => v);
        const [bottom, top] = [Math.floor(Math.min(...all)), Math.floor(Math.max(...all)) + 1];
        g.scale([low, high], [bottom, top]);
        g.yAxis({ ticks: kit.ticks(bottom, top, 4), label: "bits a letter" });
        g.xAxis({ ticks: [low, 25, 50, 75, high], text: (v) => `${v}\u00a0%`, label: "one confidence for all" });
        g.line(points, "loss");
        const best = math.cheapest(s);
        if (best !== null) g.dot(best, math.with(s, best), "model", 6);
        g.line([[answer(s), bottom], [answer(s), top]], "second thin");
        g.dot(answer(s), math.with(s, answer(s)), "second");
      },
    });
    plot.classList.add("curve");
    return plot;
  };
  const question = () => [
    ui.when(math.open, () => [curve()]),
    ui.slider({
      label: "the cheapest single confidence",
      min: low,
      max: high,
      step: 1,
      value: answer,
      change: (v) => ({ answer: v }),
      text: (v) => `${v}\u00a0%`,
      class: "second",
    }),
    ui.when((s) => !math.open(s), () => [
      el("div", { class: "row tools" }, ui.button({
        text: "Answer, and show the bills", press: () => ({ opened: true }),
      })),
    ]),
  ];
  const bills = () => {
    const list = el("div", { class: "rows" });
    ui.bind((s) => {
      const all = math.bills(s);
      const most = Math.max(...all.map(([, , bits]) => bits));
      list.replaceChildren(...all.map(([cls, name, bits]) => {
        const bar = el("span", { class: `bar ${cls}` });
        bar.style.width = `${(100 * bits) / most}%`;
        return el("div", { class: "one" }, el("span", { class: "name" }, name),
          el("span", { class: "track", "aria-hidden": "true" }, bar),
          el("span", { class: "value" }, kit.unit(bits, 4, "bits")));
      }));
    });
    return [el("p", { class: "note" }, "Bits a letter. A machine “remembers 4” if it has counted what follows "
      + "each four letters of the book. The last of them names one letter only, as you do, and is as sure of "
      + "it as it is."), list];
  };

  const row = el(
    "div",
    { class: "row tools" },
    ui.button({ text: "Undo", press: math.undo, off: (s) => !s.record }),
    ui.button({
      text: "Next passage",
      press: (s) => ({
        passage: (Math.round(s.passage) % data.passages.length) + 1, record: "", letter: "_", opened: false,
      }),
    }),
  );
  // Hidden, not taken out of the document: see the traps in CONTRIBUTING.md.
  const ask = el("div", {}, ...guessing());
  const asked = ui.when(complete, question);
  const all = el("div", {}, page, tiles, tally, ask, asked, ui.when(math.open, bills), row);
  ui.bind((s) => {
    const leaves = complete(s) && ask.matches(":focus-within");
    ask.hidden = complete(s);
    if (leaves) asked.querySelector("input")?.focus({ preventScroll: true });
  });
  all.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const s = ui.state();
    const { key } = event;
    const presses = event.target instanceof HTMLButtonElement;
    if (/^[1-9]$/.test(key)) ui.set({ [complete(s) ? "answer" : "confidence"]: 10 * Number(key) });
    else if (key === "0") ui.set({ [complete(s) ? "answer" : "confidence"]: high });
    else if (key === "Backspace") ui.set(math.undo(s));
    else if (key === "Enter" && !presses) {
      ui.set(complete(s) ? { opened: true } : math.uncover(s, math.number(s.letter)));
    } else if (complete(s)) return;
    else if (/^[a-z]$/i.test(key)) ui.set({ letter: key.toLowerCase() });
    else if (key === " " && !presses) ui.set({ letter: "_" });
    else if (key === "-") ui.set(math.uncover(s, -1));
    else return;
    event.preventDefault();
  });
  return [all];
}

kit.mount(
  /** @type {Definition<LettersState>} */ ({
    name: "letters",
    title: "The covered page: which letter comes next?",
    hint: "Choose a letter, or type it, and say how sure you are: a digit from 1 to 9 is 10 to 90\u00a0%. The "
      + "other letters share the rest as they occur in the book. Enter uncovers, and you pay −log₂ of what the letter got.",
    task: "Uncover 32 letters. With your guesses as they are, which single confidence would have been cheapest? "
      + "And for the machine’s guesses in passage 1?",
    moves: true,
    open: lettersMath.open,
    presets: [
      ...[1, 2, 3, 4].map((passage) => ({
        text: `passage ${passage}`,
        label: `passage ${passage} guessed by the machine`,
        state: {
          passage, record: lettersMath.filled(/** @type {LettersState} */ ({ passage, record: "", confidence: 50 })),
          letter: "_", answer: 95, opened: true,
        },
      })),
      {
        text: "always pass",
        state: { passage: 1, record: "-".repeat(32), letter: "_", answer: 50, opened: true },
      },
    ],
    say: (s) => {
      const math = lettersMath;
      const { lead, covered } = math.passage(s);
      const n = math.place(s);
      const all = math.guesses(s.record);
      const bill = math.bill(s);
      const { hits, tries } = math.score(s);
      const claim = `For letter ${n + 1} you claim ${math.name(math.number(s.letter))} at `
        + `${Math.round(s.confidence)}\u00a0%.`;
      if (n === 0) return `Passage ${Math.round(s.passage)} begins “${lead.trim()}”. ${claim}`;
      const mean = math.bits(math.mean(bill));
      if (!math.complete(s)) {
        const got = math.share(math.given(all[n - 1], covered[n - 1]));
        return `Letter ${n} is ${math.name(covered[n - 1])}. You gave it ${got}, so it cost `
          + `${math.bits(bill[n - 1])}. So far ${mean} a letter, ${hits} of ${tries} right. ${claim}`;
      }
      const played = `Passage ${Math.round(s.passage)} cost ${mean} a letter, with ${hits} of ${tries} right.`;
      const best = math.cheapest(s);
      const a = Math.round(s.answer);
      if (!math.open(s)) {
        return `${played} With the same guesses, which single confidence would have been cheapest? `
          + `You say ${a}\u00a0%.`;
      }
      if (best === null) {
        return `${played} Who always passes pays what a machine pays that remembers nothing, and no confidence `
          + `matters, ${a}\u00a0% or any other.`;
      }
      const there = best === (100 * hits) / tries ? math.percent(best)
        : `and ${math.percent(best)} is as near as the slider goes`;
      const found = `${played} Cheapest is ${hits} of ${tries}, ${there}: ${kit.unit(math.with(s, best), 4, "bits")} `
        + `a letter. At ${a}\u00a0% it would be ${kit.unit(math.with(s, a), 4, "bits")}`;
      if (math.right(s)) return `${found}: that is it.`;
      if (a < best) return `${found}: too modest, for every hit costs more than it must.`;
      const doubt = math.bits(-Math.log2(1 - a / 100));
      return a < 90 ? `${found}: too sure.`
        : `${found}: each miss then costs ${doubt} for the certainty alone, and more for its letter.`;
    },
    view: lettersView,
  }),
);
