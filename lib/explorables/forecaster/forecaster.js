// @ts-check
// Chapter 6, the forecaster: a rule takes a price from every report; which report does it reward?

/** @typedef {{p: number, q: number, rule: string, gamma: number, eps: number, w: number,
 *   revealed: boolean, evenings: number, seed: number}} ForecasterState belief and report, both the
 *   probability of rain; the rule with its bends; whether the answer is shown; evenings played */

/** The mathematics, without drawing. Rain comes with probability `p`; the report is `q`. */
const forecasterMath = {
  /** @type {Record<string, {name: string, price: string, nats: boolean}>} how much you pay, where q is
   * what you gave to the weather that came */
  rules: {
    linear: { name: "linear", price: "1 − q", nats: false },
    log: { name: "log", price: "−log q", nats: true },
    brier: { name: "Brier", price: "(1 − q)², added for both outcomes", nats: false },
    spherical: { name: "spherical", price: "1 − q / √(q² + (1 − q)²)", nats: false },
    accuracy: { name: "accuracy", price: "1 if q is below one half, and 0.5 at one half", nats: false },
    smoothing: { name: "smoothing ε", price: "−log q, of which the share ε/2 for the other weather", nats: true },
    focal: { name: "focal γ", price: "−log q, times (1 − q) to the power γ", nats: true },
    weight: { name: "weight w", price: "−log q, times w if it rains", nats: true },
  },

  /** What the rule takes when the weather comes to which the report gave `q`.
   * @param {ForecasterState} s @param {number} q @param {boolean} rain @returns {number} may be ∞ */
  price(s, q, rain) {
    const log = (/** @type {number} */ v) => 0 - Math.log(v);
    // 0 times infinity is 0: a weight of 0 asks nothing.
    const times = (/** @type {number} */ c, /** @type {number} */ v) => (c === 0 ? 0 : c * v);
    switch (s.rule) {
      case "linear": return 1 - q;
      case "brier": return 2 * (1 - q) ** 2;
      case "spherical": return 1 - q / Math.hypot(q, 1 - q);
      case "accuracy": return q > 0.5 ? 0 : q < 0.5 ? 1 : 0.5;
      case "smoothing": return times(1 - s.eps / 2, log(q)) + times(s.eps / 2, log(1 - q));
      case "focal": return times((1 - q) ** s.gamma, log(q));
      case "weight": return (rain ? s.w : 1) * log(q);
      default: return log(q);
    }
  },

  /** The price of one evening. @param {ForecasterState} s @param {number} q the report, of rain
   * @param {boolean} rain whether it rained @returns {number} */
  evening: (s, q, rain) => forecasterMath.price(s, rain ? q : 1 - q, rain),

  /** The mean price of a report. What cannot come costs nothing.
   * @param {ForecasterState} s @param {number} q @returns {number} */
  expected(s, q) {
    const { p } = s;
    const wet = p && p * forecasterMath.evening(s, q, true);
    return wet + (p < 1 ? (1 - p) * forecasterMath.evening(s, q, false) : 0);
  },

  /** −φ′(q) of the focal loss φ. @param {number} q @param {number} gamma */
  focalSlope: (q, gamma) =>
    (1 - q) ** gamma / q - gamma * (1 - q) ** (gamma - 1) * Math.log1p(q - 1),

  /** The belief behind a report that the focal loss rewards: p s(q) = (1 − p) s(1 − q).
   * @param {number} q @param {number} gamma @returns {number} */
  focalBelief(q, gamma) {
    const [here, there] = [q, 1 - q].map((v) => forecasterMath.focalSlope(v, gamma));
    return there / (here + there);
  },

  /** The reports that cost least: all from the first to the second.
   * @param {ForecasterState} s @param {number} [p] @returns {[number, number]} */
  best(s, p = s.p) {
    const one = (/** @type {number} */ q) => /** @type {[number, number]} */ ([q, q]);
    switch (s.rule) {
      case "linear": return p < 0.5 ? one(0) : p > 0.5 ? one(1) : [0, 1];
      case "accuracy": return p < 0.5 ? [0, 0.5] : p > 0.5 ? [0.5, 1] : [0, 1];
      case "smoothing": return one((1 - s.eps) * p + s.eps / 2);
      case "weight": return one((s.w * p) / (s.w * p + 1 - p));
      case "focal": {
        if (p === 0 || p === 1 || s.gamma === 0) return one(p);
        // Between one half and the belief; the belief behind a report grows with the report.
        let [low, high] = [Math.min(0.5, p), Math.max(0.5, p)];
        for (let i = 0; i < 60; i++) {
          const middle = (low + high) / 2;
          if (forecasterMath.focalBelief(middle, s.gamma) < p) low = middle;
          else high = middle;
        }
        return one((low + high) / 2);
      }
      default: return one(p);
    }
  },

  /** One of the best reports: of accuracy's, any but one half itself.
   * @param {ForecasterState} s @returns {number} */
  pick(s) {
    const [low, high] = forecasterMath.best(s);
    if (low === high) return low;
    return s.p < 0.5 ? low : s.p > 0.5 ? high : kit.clamp(s.p, low, high);
  },

  /** What a report costs more than the best, on average.
   * @param {ForecasterState} s @param {number} q @returns {number} at least 0, maybe ∞ */
  cost(s, q) {
    const { p } = s;
    if (s.rule === "brier") return 2 * (q - p) ** 2;
    if (s.rule === "log") {
      // KL, summed so that a small one keeps its digits.
      const part = (/** @type {number} */ a, /** @type {number} */ b) => {
        if (a === 0) return 0;
        return a < 2 * b && b < 2 * a ? -a * Math.log1p((b - a) / a) : a * Math.log(a / b);
      };
      return Math.max(0, part(p, q) + part(1 - p, 1 - q));
    }
    const more = forecasterMath.expected(s, q) - forecasterMath.expected(s, forecasterMath.pick(s));
    return more < 1e-12 ? 0 : more;
  },

  /**
   * Mulberry32, by Tommy Ettinger: random numbers that are the same in every browser.
   * @param {number} seed @returns {() => number} at least 0, less than 1
   */
  random(seed) {
    let state = Math.round(seed) | 0;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
  },

  /** @param {ForecasterState} s @returns {number} of evenings; a link may hold half a one */
  count: ({ evenings }) => Math.floor(evenings),

  /** The weather of the first evenings, true for rain. @param {ForecasterState} s @param {number} n */
  weather({ p, seed }, n) {
    const next = forecasterMath.random(seed);
    return Array.from({ length: n }, () => next() < p);
  },

  /** What is in every wallet at the beginning. */
  full: 100,

  /**
   * A wallet before the first evening and after each. What it cannot pay empties it.
   * @param {ForecasterState} s @param {number} q the report of every evening @param {number} n
   * @returns {{left: number[], empty: number, infinite: boolean}} `empty`: the evening that emptied
   *   it, 0 if none did; `infinite`: whether by an infinite price
   */
  wallet(s, q, n) {
    let here = forecasterMath.full;
    const found = { left: [here], empty: 0, infinite: false };
    forecasterMath.weather(s, n).forEach((rain, i) => {
      const price = forecasterMath.evening(s, q, rain);
      if (!found.empty && price > here) {
        found.empty = i + 1;
        found.infinite = price === Infinity;
      }
      here = found.empty ? 0 : here - price;
      found.left.push(here);
    });
    return found;
  },

  /** @param {ForecasterState} s @returns {Array<[string, string, number]>} colour, name, report */
  players: (s) => [
    ["world", "honest", s.p], ["model", "best", forecasterMath.pick(s)], ["second", "yours", s.q],
  ],

  /** A price with its unit. @param {ForecasterState} s @param {number} value @returns {string} */
  amount: (s, value) => (forecasterMath.rules[s.rule].nats
    ? kit.unit(value, 4, "nats") : kit.fixed(value, 4)),

  /** A probability: two decimals if they are enough, else four. @param {number} v */
  chance: (v) => kit.fixed(v, Math.abs(100 * v - Math.round(100 * v)) < 1e-7 ? 2 : 4),

  /** The best reports in words. @param {ForecasterState} s @returns {string} */
  bestText(s) {
    const [low, high] = forecasterMath.best(s);
    if (low === high) return forecasterMath.chance(low);
    if (s.p === 0.5) return "any";
    return s.p < 0.5 ? "any below 0.50" : "any above 0.50";
  },

  /** The rule, with its bend. @param {ForecasterState} s @returns {string} */
  named(s) {
    const { name } = forecasterMath.rules[s.rule];
    const bend = { smoothing: kit.fixed(s.eps, 2), focal: kit.fixed(s.gamma, 1), weight: kit.fixed(s.w, 2) }[s.rule];
    return bend ? `${name} = ${bend}` : name;
  },

  /** The height of the picture of prices. @param {ForecasterState} s @returns {number} */
  top(s) {
    if (s.rule === "weight") return [3, 6, 12].find((top) => top >= 3 * s.w) ?? 24;
    return forecasterMath.rules[s.rule].nats ? 3 : s.rule === "brier" ? 2 : 1;
  },
};

/** @param {Ui<ForecasterState>} ui @returns {Child[]} */
function forecasterView(ui) {
  const { el, fixed } = kit;
  const math = forecasterMath;
  const { chance, amount } = math;
  const hundredth = (/** @type {number} */ v) => kit.clamp(kit.snap(v, 0.01), 0, 1);
  const sides = { left: 40, right: 16 };

  const rules = ui.choice({
    label: "the rule",
    options: Object.entries(math.rules).map(([value, { name }]) => ({ value, text: name })),
    value: (s) => s.rule,
    change: (rule) => ({ rule }),
  });
  const price = ui.text((s) => `You pay ${math.rules[s.rule].price}, where q is what you gave to the weather `
    + "that came.", { class: "note" });
  const bend = (
    /** @type {"gamma" | "eps" | "w"} */ key, /** @type {string} */ rule, /** @type {string} */ label,
    /** @type {number} */ step, /** @type {number} */ decimals,
  ) => ui.when((s) => s.rule === rule, () => [ui.slider({
    label,
    min: kit.limits(key).low,
    max: kit.limits(key).high,
    step,
    value: (s) => s[key],
    change: (v) => ({ [key]: v }),
    text: (v) => fixed(v, decimals),
  })]);
  const belief = ui.slider({
    label: "your belief p: the chance of rain",
    min: 0,
    max: 1,
    step: 0.01,
    value: (s) => s.p,
    change: (v) => ({ p: hundredth(v) }),
    text: chance,
    class: "world",
  });

  // ---- what a report costs ---------------------------------------------------------------------

  const costs = ui.plot({
    label: (s) => {
      const now = [true, false].map((rain) => amount(s, math.evening(s, s.q, rain)));
      const told = `The price of every report, under the rule ${math.named(s)}. At ${chance(s.q)} rain costs `
        + `${now[0]} and a dry day ${now[1]}`;
      if (!s.revealed) return `${told}.`;
      return `${told}, ${amount(s, math.expected(s, s.q))} on average. The average is least at the report `
        + `${math.bestText(s)}: ${amount(s, math.expected(s, math.pick(s)))}.`;
    },
    height: 250,
    margin: { ...sides, top: 26, bottom: 42 },
    drag: (x) => ({ q: hundredth(x) }),
    draw: (g, s) => {
      const top = math.top(s);
      g.scale([0, 1], [0, top]);
      g.yAxis({ ticks: kit.ticks(0, top, 4), label: math.rules[s.rule].nats ? "price (nats)" : "price" });
      g.xAxis({ ticks: [0, 0.5, 1], label: "" });
      const steps = Math.min(400, Math.round(g.width));
      const curve = (/** @type {(q: number) => number} */ of) =>
        Array.from({ length: steps + 1 }, (_, i) => /** @type {[number, number]} */ ([i / steps, of(i / steps)]))
          .map(([x, y]) => /** @type {[number, number]} */ ([x, y > top ? Infinity : y]));
      for (const rain of [true, false]) {
        g.line(curve((q) => math.evening(s, q, rain)), "muted thin");
        const [x, anchor, dx] = /** @type {[number, string, number]} */ (
          rain ? [0.13, "start", 6] : [0.87, "end", -6]);
        const at = Math.min(math.evening(s, x, rain), top * 0.9);
        g.write(x, at, rain ? "if it rains" : "if it is dry", "muted", { anchor, dx, dy: -4 });
      }
      g.line([[s.q, 0], [s.q, top]], "second thin");
      const mark = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ cls, r = 5) => {
        if (y <= top) g.dot(x, y, cls, r);
        else g.write(x, top, y === Infinity ? "↑ ∞" : "↑", `${cls === "muted" ? "muted" : "danger"} strong`,
          { dy: 12, anchor: x > 0.9 ? "end" : x < 0.1 ? "start" : "middle" });
      };
      if (!s.revealed) {
        for (const rain of [true, false]) mark(s.q, math.evening(s, s.q, rain), "muted");
        return;
      }
      g.line(curve((q) => math.expected(s, q)), "loss mean");
      const [low, high] = math.best(s);
      const least = math.expected(s, math.pick(s));
      if (low < high) g.line([[low, least], [high, least]], "model wide");
      mark(s.p, math.expected(s, s.p), "world");
      mark(math.pick(s), least, "model", 6);
      const here = math.expected(s, s.q);
      if (least <= top) g.line([[s.q, least], [s.q, Math.min(here, top)]], "danger");
      mark(s.q, here, "second");
    },
  });
  costs.classList.add("costs");
  const say = ui.slider({
    label: "your report q",
    min: 0,
    max: 1,
    step: 0.01,
    value: (s) => s.q,
    change: (v) => ({ q: hundredth(v) }),
    text: chance,
    class: "under second",
  });
  say.style.setProperty("--left", `${sides.left}px`);
  say.style.setProperty("--right", `${sides.right}px`);

  // ---- what each belief is made to say ---------------------------------------------------------

  const honesty = () => ui.plot({
    label: (s) => `What the rule ${math.named(s)} makes every belief say. The belief ${chance(s.p)} is made to `
      + `say ${math.bestText(s)}.`,
    height: 282,
    margin: { ...sides, top: 26, bottom: 42 },
    drag: (x) => ({ p: hundredth(x) }),
    draw: (g, s) => {
      g.scale([0, 1], [0, 1]);
      g.yAxis({ ticks: [0, 0.5, 1], label: "the report that costs least" });
      g.xAxis({ ticks: [0, 0.5, 1], label: "belief p" });
      if (s.rule === "accuracy") {
        g.rect(0, 0, 0.5, 0.5, "patch model");
        g.rect(0.5, 0.5, 1, 1, "patch model");
      }
      g.line([[0, 0], [1, 1]], "world thin");
      g.write(0.2, 0.2, "honest", "world", { anchor: "start", dx: 8, dy: 8 });
      if (s.rule === "linear") g.line([[0, 0], [0.5, 0], [0.5, 1], [1, 1]], "model");
      else if (s.rule !== "accuracy") {
        const curve = Array.from({ length: 101 }, (_, i) =>
          /** @type {[number, number]} */ ([i / 100, math.best(s, i / 100)[0]]));
        g.line(curve, "model");
      }
      const [low, high] = math.best(s);
      g.line([[s.p, 0], [s.p, 1]], "muted thin");
      if (low < high) g.line([[s.p, low], [s.p, high]], "model wide");
      else g.dot(s.p, low, "model", 6);
      g.dot(s.p, s.q, "second", 5);
    },
  });

  /** @param {string} cls @param {string} name @param {(s: ForecasterState) => string} report
   * @param {(s: ForecasterState) => number} value */
  const term = (cls, name, report, value) => ui.text((s) => [
    el("span", { class: "name" }, `${name} ${report(s)}`),
    el("b", { class: value(s) < Infinity ? cls : "danger" }, amount(s, value(s))),
  ], { class: "term" });
  const sum = () => el(
    "div",
    { class: "sum" },
    term("world", "honest:", (s) => chance(s.p), (s) => math.expected(s, s.p)),
    term("model", "best:", math.bestText, (s) => math.expected(s, math.pick(s))),
    term("second", "yours:", (s) => chance(s.q), (s) => math.expected(s, s.q)),
    term("danger", "yours costs more by", () => "", (s) => math.cost(s, s.q)),
  );

  // ---- a hundred evenings ----------------------------------------------------------------------

  let share = 1;
  const seen = (/** @type {ForecasterState} */ s) => Math.round(math.count(s) * share);
  const play = (/** @type {Partial<ForecasterState>} */ patch) => {
    ui.set(patch);
    ui.animate(1800, (now) => {
      share = now;
    }, true);
  };
  const wallets = () => {
    const plot = ui.plot({
      label: (s) => {
        const n = math.count(s);
        const each = math.players(s).map(([, name, q]) =>
          `${name} ${fixed(math.wallet(s, q, n).left[n], 2)}`);
        return `Three wallets of ${math.full}, after ${n} evenings: ${each.join(", ")}.`;
      },
      height: 210,
      margin: { top: 26, right: 62, bottom: 42, left: sides.left },
      draw: (g, s) => {
        const n = seen(s);
        g.scale([0, 100], [0, math.full]);
        g.yAxis({ ticks: [0, 50, 100], label: "left in the wallet" });
        g.xAxis({ ticks: [0, 50, 100], label: "evenings" });
        const all = math.players(s).map(([cls, name, q]) => ({ cls, name, ...math.wallet(s, q, n) }));
        for (const { cls, left, empty } of all) {
          const shown = empty ? left.slice(0, empty + 1) : left;
          g.line(shown.map((v, i) => /** @type {[number, number]} */ ([i, v])), cls);
          g.dot(shown.length - 1, shown[shown.length - 1], empty ? "danger" : cls, 4.5);
        }
        // Names beside the ends, at least a line apart.
        const order = [...all].sort((a, b) => b.left[n] - a.left[n]);
        let before = -Infinity;
        for (const { cls, name, left } of order) {
          const height = Math.max(g.y(left[n]), before + 16);
          before = height;
          g.write(n, g.back(0, height)[1], name, `${cls} strong`, { anchor: "start", dx: 8, dy: 5 });
        }
      },
    });
    plot.classList.add("purses");
    return plot;
  };
  const report = () => ui.text((s) => {
    const n = seen(s);
    return math.players(s).map(([cls, name, q]) => {
      const { left, empty, infinite } = math.wallet(s, q, n);
      return el("span", { class: `entry ${cls}` }, `${name} `, el("b", {}, fixed(left[n], 2)), empty
        ? ` (emptied on evening ${empty}${infinite ? ": the price was ∞" : ""})` : "", " ");
    });
  }, { class: "left" });
  const evenings = () => [
    el(
      "div",
      { class: "row tools" },
      ui.button({ text: "A hundred evenings", press: () => play({ evenings: 100 }), off: (s) => math.count(s) >= 100 }),
      ui.button({
        text: "Other weather",
        press: (s) => play({ seed: (Math.round(s.seed) % 999) + 1 }),
        off: (s) => !math.count(s),
      }),
      ui.button({ text: "Back to the first", press: () => ({ evenings: 0 }), off: (s) => !math.count(s) }),
    ),
    ui.when((s) => math.count(s) > 0, () => [wallets(), report()]),
  ];

  const open = (/** @type {ForecasterState} */ s) => s.revealed;
  return [
    rules, price,
    bend("gamma", "focal", "γ", 0.1, 1),
    bend("eps", "smoothing", "ε", 0.01, 2),
    bend("w", "weight", "w", 0.05, 2),
    belief,
    el(
      "div",
      { class: "desk" },
      el("div", { class: "part" }, costs, say),
      ui.when(open, () => [el("div", { class: "part" }, honesty())]),
    ),
    ui.when((s) => !s.revealed, () => [
      el("div", { class: "row tools" }, ui.button({ text: "Reveal", press: () => ({ revealed: true }) })),
    ]),
    ui.when(open, () => [sum(), ...evenings()]),
  ];
}

kit.mount(
  /** @type {Definition<ForecasterState>} */ ({
    name: "forecaster",
    title: "What does this rule make you say?",
    hint: "You believe in rain with probability p, and you are right. Every evening the rule charges you for "
      + "what you say. Put your report q where you will pay least on average, then reveal.",
    task: "Which weight makes a believer of 0.10 say 0.25? Which γ makes 0.9 come out as 0.70? And which two "
      + "rules cannot tell 0.51 from 0.99?",
    moves: true,
    open: (s) => s.revealed,
    presets: [
      { text: "linear", state: { rule: "linear", p: 0.6, q: 0.6, revealed: true, evenings: 0 } },
      { text: "log", state: { rule: "log", p: 0.6, q: 0.9, revealed: true, evenings: 0 } },
      { text: "Brier", state: { rule: "brier", p: 0.6, q: 0.9, revealed: true, evenings: 0 } },
      { text: "focal", state: { rule: "focal", gamma: 2, p: 0.9, q: 0.9, revealed: true, evenings: 0 } },
      { text: "never dry", state: { rule: "log", p: 0.6, q: 1, revealed: true, evenings: 100, seed: 6 } },
    ],
    say: (s) => {
      const math = forecasterMath;
      const amount = (/** @type {number} */ value) => math.amount(s, value);
      const rule = `Rule ${math.named(s)}`;
      if (!s.revealed) {
        return `${rule}: if you say ${math.chance(s.q)}, rain costs you ${amount(math.evening(s, s.q, true))} and a `
          + `dry day ${amount(math.evening(s, s.q, false))}. Rain has probability ${math.chance(s.p)}. Which report `
          + "costs least on average?";
      }
      const n = math.count(s);
      const wet = math.weather(s, n).filter(Boolean).length;
      const purse = math.wallet(s, s.q, n);
      const gone = purse.infinite ? "an infinite price emptied your wallet on evening " + purse.empty
        : purse.empty ? "your wallet was empty on evening " + purse.empty
          : `${kit.fixed(purse.left[n], 2)} of ${math.full} are left in your wallet`;
      const played = n ? ` In ${n} evenings (weather ${Math.round(s.seed)}) it rained ${wet} times: ${gone}.` : "";
      const [low, high] = math.best(s);
      const verdict = low < high
        ? `${math.bestText(s) === "any" ? "every report costs the same" : `${math.bestText(s)} costs least`}`
        : Math.abs(low - s.p) < 1e-12 ? `nothing is cheaper than your belief, ${math.chance(s.p)}`
          : `your belief is ${math.chance(s.p)}, and ${math.chance(low)} costs least`;
      const cost = math.cost(s, s.q);
      const more = cost > 0 ? `${amount(cost)} more than the least` : "and no report costs less";
      return `${rule}: ${verdict}. You say ${math.chance(s.q)} and pay ${amount(math.expected(s, s.q))} on average, `
        + `${more}.${played}`;
    },
    view: forecasterView,
  }),
);
