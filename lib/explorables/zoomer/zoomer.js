// @ts-check
// Chapter 7, the zoomer: each ball keeps its part of what is left of the strip, and the codeword is
// the first shortest piece 2^-L wide that lies wholly within.

/** @typedef {{m: string, t: number, guess: string, opened: boolean, shown: boolean, follow: boolean,
 *   tried: number[]}} ZoomerState the message, the dial in hundredths, what the reader says of the
 *   file before it is sent; `opened`: a file has been sent, so that the presets may be seen; `shown`:
 *   the file is; `follow`: every change is sent at once; `tried`: the dials at which this message was */
/** @typedef {{low: bigint, width: bigint, den: bigint}} Piece from low/den to (low + width)/den */

/** The mathematics, without drawing: in whole numbers but for `ideal`. */
const zoomerMath = {
  /** More balls than this do not fit. */
  most: 12,

  /** The dial, in hundredths; a link may hold half a one. @param {ZoomerState} state */
  dial: ({ t }) => Math.round(t),

  /** The message's piece. White keeps the left part of what is left, black the right part.
   * @param {string} m @param {number} t hundredths @returns {Piece} */
  piece(m, t) {
    const black = BigInt(t);
    let [low, width, den] = [0n, 1n, 1n];
    for (const ball of m) {
      low *= 100n;
      if (ball === "b") low += width * (100n - black);
      width *= ball === "b" ? black : 100n - black;
      den *= 100n;
    }
    return { low, width, den };
  },

  /** The shortest codeword whose piece lies wholly within, the first of them.
   * @param {Piece} piece @returns {string} zeros and ones */
  codeword({ low, width, den }) {
    for (let L = 0; ; L++) {
      const parts = 1n << BigInt(L);
      const c = (low * parts + den - 1n) / den; // rounded up
      if ((c + 1n) * den <= (low + width) * parts) return L ? c.toString(2).padStart(L, "0") : "";
    }
  },

  /** @param {string} m @param {number} t @returns {string} */
  sent: (m, t) => zoomerMath.codeword(zoomerMath.piece(m, t)),

  /** −log₂ of the width. @param {string} m @param {number} t @returns {number} bits */
  ideal(m, t) {
    const black = m.split("b").length - 1;
    const white = m.length - black;
    return 0 - black * Math.log2(t / 100) - white * Math.log2(1 - t / 100);
  },

  /** Where the codeword's piece lies within the message's, as shares of the latter.
   * @param {string} m @param {number} t @returns {[number, number]} */
  within(m, t) {
    const { low, width, den } = zoomerMath.piece(m, t);
    const word = zoomerMath.codeword({ low, width, den });
    const parts = 1n << BigInt(word.length);
    const c = BigInt(`0b0${word}`);
    const share = (/** @type {bigint} */ at) =>
      Number(((at * den - low * parts) * 1000000n) / (width * parts)) / 1e6;
    return [share(c), share(c + 1n)];
  },

  /** @param {bigint} num @param {bigint} den @returns {string} in lowest terms: "108/3125", "1" */
  fraction(num, den) {
    let [a, b] = [num, den];
    while (b) [a, b] = [b, a % b];
    return den === a ? String(num / a) : `${num / a}/${den / a}`;
  },

  /** @param {bigint} num @param {bigint} den @param {number} decimals
   * @returns {{text: string, exact: boolean}} rounded to the nearest */
  decimal(num, den, decimals) {
    const scaled = num * 10n ** BigInt(decimals);
    const digits = String((2n * scaled + den) / (2n * den)).padStart(decimals + 1, "0");
    const cut = digits.length - decimals;
    return { text: `${digits.slice(0, cut)}.${digits.slice(cut)}`, exact: scaled % den === 0n };
  },

  /** A width with the sign that it deserves. @param {string} m @param {number} t
   * @returns {string} "= 0.03456", "≈ 2.18 × 10⁻⁴" */
  width(m, t) {
    const { width, den } = zoomerMath.piece(m, t);
    const { text, exact } = zoomerMath.decimal(width, den, 5);
    if (1000n * width >= den) return `${exact ? "=" : "≈"}\u00a0${text}`;
    const digits = 10n ** 40n * width; // twelve balls have 24 decimals at most
    const three = digits % den === 0n && String(digits / den).replace(/0+$/, "").length <= 3;
    return `${three ? "=" : "≈"}\u00a0${kit.fromLog(-zoomerMath.ideal(m, t) * Math.LN2)}`;
  },

  /** The fraction where it is short enough to be read. @param {bigint} num @param {bigint} den
   * @param {number} n of balls @returns {string} "108/3125" or "" */
  short(num, den, n) {
    const text = zoomerMath.fraction(num, den);
    return n <= 4 || text.length <= 10 ? text : "";
  },

  /** As many bits as balls, or fewer, or more. @param {string} m @param {number} t
   * @returns {"fewer" | "same" | "more"} */
  compare(m, t) {
    const off = zoomerMath.sent(m, t).length - m.length;
    return off < 0 ? "fewer" : off > 0 ? "more" : "same";
  },

  /** All of it as text, for the tests. @param {string} m @param {number} t */
  written(m, t) {
    const { low, width, den } = zoomerMath.piece(m, t);
    return [low, width, den].map(String).concat(zoomerMath.sent(m, t), zoomerMath.fraction(width, den));
  },

  /** The dials at which a message was sent, with one more. @param {number[]} tried
   * @param {number} t @returns {number[]} in order */
  add: (tried, t) => [...new Set([...tried, t])].sort((a, b) => a - b),

  /** What another dial changes. @param {ZoomerState} s @param {number} t
   * @returns {Partial<ZoomerState>} */
  turn: (s, t) => ({
    t, shown: s.follow, tried: s.follow ? zoomerMath.add(s.tried, t) : s.tried,
  }),

  /** What another message changes: it needs a guess of its own. @param {ZoomerState} s
   * @param {string} m @returns {Partial<ZoomerState>} */
  other: (s, m) => ({
    m, guess: "", shown: s.follow, tried: s.follow ? [zoomerMath.dial(s)] : [],
  }),

  /** @param {string} m @returns {string} "○●" for "wb" */
  balls: (m) => [...m].map((ball) => (ball === "b" ? "●" : "○")).join(""),

  /** @param {number} n @param {string} word @returns {string} "1 bit", "6 bits" */
  many: (n, word) => `${n}\u00a0${word}${n === 1 ? "" : "s"}`,
};

/** @param {Ui<ZoomerState>} ui @returns {Child[]} */
function zoomerView(ui) {
  const { el, fixed } = kit;
  const math = zoomerMath;
  const { dial } = math;
  const hundredths = (/** @type {number} */ t) => fixed(t / 100, 2);
  const balls = (/** @type {ZoomerState} */ s) => math.balls(s.m);

  // ---- the strip, and the message's piece of it ------------------------------------------------

  /** How far the last ball has zoomed in, from 0 to 1, and whether it goes backwards. */
  let zoomed = 1;
  /** The balls that the lower strip comes from. */
  let came = "";
  const add = (/** @type {string} */ ball) => {
    const s = ui.state();
    if (s.m.length < math.most) zoom(s.m + ball, s.m);
  };
  const undo = () => {
    const { m } = ui.state();
    if (m) zoom(m.slice(0, -1), m);
  };
  /** @param {string} m @param {string} from */
  const zoom = (m, from) => {
    came = from;
    ui.set(math.other(ui.state(), m));
    ui.animate(300, (share) => (zoomed = share));
  };

  const [upper, lower, thick] = [20, 92, 34];
  const street = ui.plot({
    label: (s) => {
      const { low, width, den } = math.piece(s.m, dial(s));
      const at = (/** @type {bigint} */ end) => math.decimal(end, den, 5).text;
      const word = math.sent(s.m, dial(s));
      const whose = s.m ? kit.words(balls(s)) : "no ball";
      return `The whole strip from 0 to 1, and below it, magnified, the piece of the message (${whose}) `
        + `from ${at(low)} to ${at(low + width)}. White would keep its left part, `
        + `${hundredths(100 - dial(s))} of it, black the right part, ${hundredths(dial(s))}.`
        + (s.shown ? ` Within lies the piece of the codeword ${word || "without a bit"}.` : "");
    },
    height: 178,
    margin: { top: 0, right: 10, bottom: 0, left: 10 },
    draw: (p, s) => {
      const t = dial(s);
      const share = 1 - t / 100;
      p.scale([0, 1], [178, 0]); // heights are pixels, downwards
      const { low, width, den } = math.piece(s.m, t);
      const [a, w] = [low, width].map((v) => Number((v * 1000000n) / den) / 1e6);
      // Above, the piece is at least two pixels wide.
      const least = Math.max(w, 2 / (p.x(1) - p.x(0)));
      const left = Math.min(a, 1 - least);
      p.rect(0, upper, 1, upper + thick, "whole");
      p.rect(left, upper, left + least, upper + thick, "mine");
      p.write(0, upper, "0", "muted", { anchor: "start", dy: -6 });
      p.write(1, upper, "1", "muted", { anchor: "end", dy: -6 });
      p.write(0.5, upper, "the whole strip", "muted", { dy: -6 });
      p.line([[left, upper + thick], [0, lower]], "muted thin");
      p.line([[left + least, upper + thick], [1, lower]], "muted thin");

      // Below, while a ball zooms in or out: what lies in the longer message's part grows or shrinks.
      const out = came.length > s.m.length;
      const ball = (out ? came : s.m).slice(-1);
      const still = zoomed === 1 || !ball;
      const part = /** @type {[number, number]} */ (ball === "b" ? [share, 1] : [0, share]);
      const now = out ? 1 - zoomed : zoomed;
      const view = still ? [0, 1] : [part[0] * now, 1 + (part[1] - 1) * now];
      const at = (/** @type {number} */ x) =>
        kit.clamp((x - view[0]) / (view[1] - view[0]), 0, 1);
      const halves = (/** @type {number} */ from, /** @type {number} */ to) => {
        const cut = from + (to - from) * share;
        p.rect(at(from), lower, at(cut), lower + thick, "half white");
        p.rect(at(cut), lower, at(to), lower + thick, "half black");
        return cut;
      };
      if (!still) {
        halves(0, 1);
        halves(part[0], part[1]);
        return;
      }
      const cut = halves(0, 1);
      // As wide as a ball and its number, whatever the dial.
      const room = 34 / (p.x(1) - p.x(0));
      const places = /** @type {Array<[string, number, number]>} */ ([
        ["white", Math.max(cut / 2, room), 100 - t], ["black", Math.min((1 + cut) / 2, 1 - room), t],
      ]);
      for (const [colour, x, v] of places) {
        const [place] = p.back(p.x(x) - 20, 0);
        p.dot(place, lower - 11, `coin ${colour}`, 6);
        p.write(place, lower - 11, hundredths(v), "strong", { anchor: "start", dx: 11, dy: 5 });
      }
      const ends = [low, low + width].map((v) => math.decimal(v, den, 5).text);
      p.write(0, lower + thick, ends[0], "muted", { anchor: "start", dy: 34 });
      p.write(1, lower + thick, ends[1], "muted", { anchor: "end", dy: 34 });
      if (!s.shown) return;
      const [from, to] = math.within(s.m, t);
      const word = math.sent(s.m, t);
      p.rect(from, lower + thick + 4, to, lower + thick + 16, "bar second word");
      const shown = word.length > 14 ? `${word.slice(0, 12)}…` : word || "no bit";
      const half = (4.4 * shown.length) / (p.x(1) - p.x(0));
      p.write(kit.clamp((from + to) / 2, half, 1 - half), lower + thick, shown, "second strong", { dy: 50 });
    },
  });
  street.classList.add("street");
  // A click on the white or the black part adds that ball; the buttons do the same.
  street.addEventListener("click", (event) => {
    const box = street.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    if (y < lower || y > lower + thick) return;
    add((x - 10) / (box.width - 20) < 1 - dial(ui.state()) / 100 ? "w" : "b");
  });

  const message = ui.text((s) => {
    const { low, width, den } = math.piece(s.m, dial(s));
    const exact = (/** @type {bigint} */ v) => math.short(v, den, s.m.length);
    const from = exact(low) || math.decimal(low, den, 5).text;
    const fraction = exact(width);
    return [
      el("b", {}, ...(s.m ? kit.balls(balls(s)) : ["no ball"])),
      `: from ${from}, width `,
      fraction && fraction !== "1" ? `${fraction} ` : "",
      el("b", {}, math.width(s.m, dial(s))),
    ];
  }, { class: "message" });
  const buttons = el(
    "div",
    { class: "row tools", role: "group", "aria-label": "Change the message" },
    ui.button({
      text: "+ ○",
      label: "+ ○ add a white ball (key w)",
      press: () => add("w"),
      off: (s) => s.m.length >= math.most,
    }),
    ui.button({
      text: "+ ●",
      label: "+ ● add a black ball (key b)",
      press: () => add("b"),
      off: (s) => s.m.length >= math.most,
    }),
    ui.button({
      text: "Undo",
      label: "Undo: take the last ball away (Backspace)",
      press: undo,
      off: (s) => !s.m,
    }),
    ui.button({ text: "Clear", press: (s) => math.other(s, ""), off: (s) => !s.m }),
  );

  // ---- the guess and the file --------------------------------------------------------------------

  const words = /** @type {const} */ ({ fewer: "fewer", same: "as many", more: "more" });
  const guess = el(
    "div",
    { class: "row tools", role: "group", "aria-label": "Your guess: bits in the file, beside balls" },
    ui.text((s) => `Bits in the file, beside ${math.many(s.m.length, "ball")}:`, { class: "ask" }),
    ...Object.entries(words).map(([key, text]) => ui.button({
      text,
      press: () => ({ guess: key }),
      pressed: (s) => s.guess === key,
      off: (s) => s.shown,
    })),
    ui.button({
      text: "Send",
      press: (s) => ({ shown: true, opened: true, tried: math.add(s.tried, dial(s)) }),
      off: (s) => s.shown || (!s.opened && !s.guess),
    }),
  );
  const follow = ui.when((s) => s.opened, () => [
    ui.toggle({
      label: "send after every change",
      value: (s) => s.follow,
      change: (on, s) => ({
        follow: on, ...(on ? { shown: true, tried: math.add(s.tried, dial(s)) } : {}),
      }),
    }),
  ]);

  /** @param {string} cls @param {string} name @param {(s: ZoomerState) => number} bits
   * @param {(s: ZoomerState) => string} text */
  const row = (cls, name, bits, text) => {
    const bar = el("span", { class: `bar ${cls}` });
    ui.bind((s) => {
      const most = Math.max(1, s.m.length, math.ideal(s.m, dial(s)) + 2);
      bar.style.width = `${(100 * bits(s)) / most}%`;
    });
    const value = ui.text((s) => text(s), { class: "value" });
    return el("div", { class: "one" }, el("span", { class: "name" }, name),
      el("span", { class: "track", "aria-hidden": "true" }, bar), value);
  };
  const rows = el(
    "div",
    { class: "rows" },
    row("loss", "−log₂ width", (s) => math.ideal(s.m, dial(s)),
      (s) => kit.unit(math.ideal(s.m, dial(s)), 4, "bits")),
    ui.when((s) => s.shown, () => [
      row("second sent", "the file", (s) => math.sent(s.m, dial(s)).length,
        (s) => math.many(math.sent(s.m, dial(s)).length, "bit")),
    ]),
    row("muted", "one bit a ball", (s) => s.m.length, (s) => math.many(s.m.length, "bit")),
  );

  // ---- bits at every dial ------------------------------------------------------------------------

  const sides = { left: 34, right: 16 };
  const valley = ui.plot({
    label: (s) => {
      const sent = s.tried.map((t) => `${hundredths(t)} ${math.many(math.sent(s.m, t).length, "bit")}`);
      return `−log₂ of the width at every dial, in bits: ${kit.unit(math.ideal(s.m, dial(s)), 4, "bits")} at `
        + `${hundredths(dial(s))}. Files sent: ${sent.length ? sent.join(", ") : "none"}.`;
    },
    height: 190,
    margin: { ...sides, top: 24, bottom: 42 },
    drag: (x, _, s) => math.turn(s, kit.clamp(Math.round(x), 1, 99)),
    draw: (p, s) => {
      const n = s.m.length;
      const top = 2 * Math.max(n, 2) + 2;
      p.scale([1, 99], [0, top]);
      p.yAxis({ ticks: kit.ticks(0, top, 4), label: "bits" });
      p.xAxis({ ticks: [1, 25, 50, 75, 99], text: hundredths, label: "" });
      p.line([[1, n], [99, n]], "muted thin");
      const curve = Array.from({ length: 99 }, (_, i) =>
        /** @type {[number, number]} */ ([i + 1, math.ideal(s.m, i + 1)]));
      p.line(curve.filter(([, bits]) => bits <= top), "loss");
      for (const t of s.tried) {
        const bits = math.sent(s.m, t).length;
        if (bits <= top) p.dot(t, bits, "second", 4.5);
        else p.write(t, top, "↑", "second strong", { dy: 12 });
      }
      const here = math.ideal(s.m, dial(s));
      p.line([[dial(s), 0], [dial(s), top]], "model thin");
      if (here <= top) p.dot(dial(s), here, "loss", 4.5);
    },
  });
  valley.classList.add("valley");
  const turn = ui.slider({
    label: "dial, the probability of ●",
    min: 1,
    max: 99,
    step: 1,
    value: dial,
    change: (v, s) => math.turn(s, v),
    text: hundredths,
    class: "under model",
  });
  turn.style.setProperty("--left", `${sides.left}px`);
  turn.style.setProperty("--right", `${sides.right}px`);
  const found = ui.when((s) => s.tried.length > 0, () => [
    ui.text((s) => {
      const least = Math.min(...s.tried.map((t) => math.sent(s.m, t).length));
      const best = s.tried.filter((t) => math.sent(s.m, t).length === least).map(hundredths);
      return `Sent at ${math.many(s.tried.length, "dial")}; the shortest file so far has `
        + `${math.many(least, "bit")}, at ${best.join(", ")}.`;
    }, { class: "found" }),
  ]);

  const all = el("div", {}, street, message, buttons, guess, rows, valley, turn, found, follow);
  all.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "w" || event.key === "b") add(event.key);
    else if (event.key === "Backspace") undo();
    else return;
    event.preventDefault();
  });
  return [all];
}

kit.mount(
  /** @type {Definition<ZoomerState>} */ ({
    name: "zoomer",
    title: "A message is a piece of the strip",
    hint: "Every ball keeps its part of what is left of the strip. The file is the shortest codeword whose "
      + "own piece lies wholly within. The receiver knows the dial and the number of balls.",
    task: "Send ○●○●● at its best dial, 0.60. Does any other dial, in hundredths, need fewer bits? How many "
      + "do?",
    moves: true,
    open: (s) => s.opened,
    presets: [
      ...[["five balls", "wbwbb", 60], ["●●●●●", "bbbbb", 60], ["12 at 0.99", "bbbbbbbbbbbb", 99],
        ["no ball", "", 60]].map(([text, m, t]) => ({
        text: String(text),
        label: { "●●●●●": "●●●●● five black balls", "12 at 0.99": "12 at 0.99: twelve black balls" }[text],
        state: {
          m: String(m), t: Number(t), guess: "", opened: true, shown: true, follow: false,
          tried: [Number(t)],
        },
      })),
    ],
    say: (s) => {
      const math = zoomerMath;
      const t = math.dial(s);
      const n = s.m.length;
      if (n === 0) {
        return "No ball: the whole strip is the message’s piece, its width is 1, and the file needs 0\u00a0bits.";
      }
      const ideal = math.ideal(s.m, t);
      const last = s.m.endsWith("b") ? "black" : "white";
      const own = `${math.many(n, "ball")}, the last ${last}, at dial ${kit.fixed(t / 100, 2)}: width `
        + `${math.width(s.m, t)}, and −log₂ of it ${kit.equals(ideal, 4, "bits")}.`;
      const balls = math.many(n, "ball");
      const told = { fewer: "fewer", same: "as many", more: "more", "": "" }[s.guess];
      if (!s.shown && !told) return `${own} Will the file have fewer bits than ${balls}, as many, or more?`;
      if (!s.shown) {
        const than = s.guess === "same" ? "as" : "than";
        return `${own} You say that the file has ${told} bits ${than} ${balls}: send it.`;
      }
      const word = math.sent(s.m, t);
      const off = word.length - n;
      const verdict = off === 0 ? "as many as balls" : `${Math.abs(off)} ${off < 0 ? "fewer" : "more"} than balls`;
      const right = math.compare(s.m, t) === s.guess;
      return `${own} The file is ${word}, ${math.many(word.length, "bit")}, ${verdict}`
        + `${told ? ` (you said ${told}${right ? "" : ", not so"})` : ""}: `
        + `${kit.fixed(word.length - ideal, 4)}\u00a0bits are lost once, at the end of the message.`;
    },
    view: zoomerView,
  }),
);
