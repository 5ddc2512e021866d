// @ts-check
// Chapter 3, two believers: the world draws as p says, a believer in q pays for every draw.

/** @typedef {{p: number[], q: number[], bits: boolean, names: string, flag: number, stage: number,
 *   drawn: number, seed: number}} BelieversState the flag in nats; stage 0: it is to be planted, 1:
 *   it stands, 2: what the belief expects and gets is shown */

/** The mathematics, without drawing. Everything is in nats; bits are for display only. */
const believersMath = {
  /**
   * Two distributions over the same classes, whatever a link contains: missing classes get 0, and
   * rounded numbers or weights are scaled to sum to 1.
   * @param {BelieversState} state @returns {[number[], number[]]} p and q
   */
  pair({ p, q }) {
    const classes = Math.max(p.length, q.length);
    const whole = (/** @type {number[]} */ values) => {
      const sum = values.reduce((a, b) => a + b, 0);
      return Array.from({ length: classes }, (_, k) => {
        if (sum === 0) return 1 / classes;
        const value = values[k] ?? 0;
        return Math.abs(sum - 1) < 1e-9 ? value : value / sum;
      });
    };
    return [whole(p), whole(q)];
  },

  /** @param {number} prob @returns {number} surprise; ∞ if impossible, 0 if certain */
  information(prob) {
    return 0 - Math.log(prob);
  },

  /** A class that never occurs adds nothing, even where its surprise would be infinite.
   * @param {number[]} p @param {number[]} q @returns {number} */
  crossEntropy(p, q) {
    return p.reduce((sum, v, k) => sum + (v && v * believersMath.information(q[k])), 0);
  },

  /** @param {number[]} p @returns {number} */
  entropy(p) {
    return believersMath.crossEntropy(p, p);
  },

  /**
   * Summed directly, not the difference of the two above. As in lib, a result that rounding made
   * negative becomes 0.
   * @param {number[]} p @param {number[]} q @returns {number}
   */
  kl(p, q) {
    const value = p.reduce((sum, v, k) => {
      const near = v < 2 * q[k] && q[k] < 2 * v;
      return sum + (v && v * (near ? Math.log1p((v - q[k]) / q[k]) : Math.log(v / q[k])));
    }, 0);
    const off = Math.abs(p.reduce((sum, v, k) => sum + v - q[k], 0));
    return value < 0 && value >= -off - p.length * 2 * Number.EPSILON ? 0 : value;
  },

  /**
   * Change one probability; the others keep their ratio, or share equally if all were 0. In
   * thousandths, so that the numbers shown are exact and sum to 1.
   * @param {number[]} values @param {number} k @param {number} to @returns {number[]}
   */
  move(values, k, to) {
    const moved = Math.round(1000 * to);
    const others = values.map((v, i) => (i === k ? 0 : v));
    const sum = others.reduce((a, b) => a + b, 0);
    const exact = others.map((v, i) => {
      if (i === k) return moved;
      return (1000 - moved) * (sum === 0 ? 1 / (values.length - 1) : v / sum);
    });
    const parts = exact.map(Math.floor);
    // Round to thousandths; the remainder goes to the values that lost most.
    const cut = exact.map((v, i) => [v - parts[i], i]).sort(([a], [b]) => b - a);
    let left = 1000 - parts.reduce((a, b) => a + b, 0);
    for (const [, i] of cut) if (left > 0 && i !== k) [parts[i], left] = [parts[i] + 1, left - 1];
    return parts.map((v) => v / 1000);
  },

  /**
   * Snap to the goal when moving close enough to it, because hitting all bars at once is hard.
   * Moving away does not snap.
   * @param {number[]} before @param {number[]} after @param {number[]} goal @returns {number[]}
   */
  arrive(before, after, goal) {
    const off = (/** @type {number[]} */ v) => Math.max(...v.map((x, k) => Math.abs(x - goal[k])));
    return off(after) < 0.012 && off(after) < off(before) ? [...goal] : after;
  },

  /** How many draws there are at most. */
  most: 5000,

  /** @param {BelieversState} state @returns {number} of draws; a link may hold half a one */
  count: ({ drawn }) => Math.floor(drawn),

  /** @param {BelieversState} state @returns {number} 0, 1 or 2 */
  stage: ({ stage }) => Math.round(stage),

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

  /**
   * Draw from p, and pay for each draw what q gave it.
   * @param {number[]} p @param {number[]} q @param {number} seed @param {number} n
   * @returns {{last: number, means: number[]}} the class drawn last, -1 if there is none, and the
   *   mean price of the first draw, the first two, ... in nats
   */
  walk(p, q, seed, n) {
    const next = believersMath.random(seed);
    const prices = q.map(believersMath.information);
    const possible = p.flatMap((v, k) => (v > 0 ? [k] : []));
    const means = [];
    let [last, sum] = [-1, 0];
    for (let i = 1; i <= n; i++) {
      let u = next();
      // Rounding may leave a last bit of probability to nobody: the last possible class has it.
      last = possible.find((k) => (u -= p[k]) < 0) ?? possible[possible.length - 1];
      sum += prices[last];
      means.push(sum / i);
    }
    return { last, means };
  },

  /** Where the axis of draws ends. @param {number} n */
  reach: (n) => [20, 100, 500, 1000, 2000].find((end) => end >= n) ?? believersMath.most,

  /** Heights that are at least `gap` apart and keep their order. @param {number[]} heights in
   * pixels, downwards @param {number} gap @param {number} lowest @returns {number[]} */
  apart(heights, gap, lowest) {
    const order = heights.map((_, i) => i).sort((i, j) => heights[i] - heights[j]);
    const found = [...heights];
    order.forEach((i, at) => {
      if (at > 0) found[i] = Math.max(found[i], found[order[at - 1]] + gap);
    });
    let limit = lowest;
    for (const i of order.reverse()) {
      found[i] = Math.min(found[i], limit);
      limit = found[i] - gap;
    }
    return found;
  },

  /** Whether a belief gets what it expects, but for rounding. @param {number[]} p
   * @param {number[]} q */
  keeps: (p, q) => Math.abs(believersMath.crossEntropy(p, q) - believersMath.entropy(q)) < 1e-9,
};

/** @param {Ui<BelieversState>} ui @returns {Child[]} */
function believersView(ui) {
  const { el, fixed } = kit;
  const { entropy, crossEntropy, kl } = believersMath;
  const { pair, stage, count } = believersMath;
  const scale = (/** @type {BelieversState} */ s) => (s.bits ? Math.LN2 : 1);
  const unit = (/** @type {BelieversState} */ s) => (s.bits ? "bits" : "nats");
  const amount = (/** @type {number} */ nats, /** @type {BelieversState} */ s) =>
    kit.unit(nats / scale(s), 4, unit(s));
  const named = (/** @type {BelieversState} */ s, /** @type {number} */ k) =>
    s.names.split("_")[k] ?? "ABCD"[k];
  const shown = (/** @type {number} */ v) => (v > 0 && v < 0.0005 ? "<\u00a00.001" : fixed(v, 3));

  // The bars: one plot for each number of classes, because handles are created only once.
  const bars = [2, 3, 4].map((classes) => {
    const here = (/** @type {BelieversState} */ s) => pair(s)[0].length === classes;
    const of = (/** @type {BelieversState} */ s, /** @type {0 | 1} */ which, /** @type {number} */ k) =>
      pair(s)[which][k] ?? 0;
    const middle = (/** @type {0 | 1} */ which, /** @type {number} */ k) => k + (which ? 0.69 : 0.31);
    const handles = Array.from({ length: 2 * classes }, (_, i) => {
      const which = /** @type {0 | 1} */ (i % 2);
      const k = Math.floor(i / 2);
      return /** @type {Handle<BelieversState>} */ ({
        label: `${which ? "belief q" : "world p"}, class ${k + 1}`,
        axis: "y",
        min: 0,
        max: 1,
        step: 0.01,
        value: (s) => kit.snap(of(s, which, k), 1e-6),
        change: (v, s) => {
          const both = pair(s);
          const moved = believersMath.move(both[which], k, v);
          both[which] = believersMath.arrive(both[which], moved, both[1 - which]);
          return { p: both[0], q: both[1], drawn: 0 };
        },
        text: (v) => `${named(ui.state(), k)}: ${shown(v)}`,
        at: (s) => [middle(which, k), of(s, which, k)],
        class: which ? "model" : "world",
      });
    });
    const plot = ui.plot({
      label: (s) => {
        const list = (/** @type {number[]} */ values) =>
          values.map((v, k) => `${named(s, k)} ${shown(v)}`).join(", ");
        return `Bars. World p: ${list(pair(s)[0])}. Belief q: ${list(pair(s)[1])}.`;
      },
      height: 270,
      margin: { top: 36, right: 4, bottom: 70, left: 34 },
      handles,
      draw: (p, s) => {
        if (!here(s)) return;
        p.scale([0, classes], [0, 1]);
        p.yAxis({ ticks: [0, 0.5, 1], label: "" });
        p.xAxis({ ticks: [], label: "" });
        p.write(0, 1, "p, the world", "world strong", { anchor: "start", dx: -32, dy: -21 });
        p.write(0, 1, "q, the belief", "model strong", { anchor: "start", dx: 70, dy: -21 });
        const row = { anchor: "end", dx: -10 };
        p.write(0, 0, "p", "world strong", { ...row, dy: 45 });
        p.write(0, 0, "q", "model strong", { ...row, dy: 63 });
        pair(s).forEach((values, which) => {
          const cls = which ? "model" : "world";
          values.forEach((v, k) => {
            const x = middle(which ? 1 : 0, k);
            p.rect(x - 0.17, 0, x + 0.17, v, `bar ${cls}`);
            p.write(k + 0.5, 0, shown(v), cls, { dy: which ? 63 : 45 });
            if (which) p.write(k + 0.5, 0, named(s, k), "strong", { dy: 27 });
          });
        });
      },
    });
    ui.bind((s) => {
      plot.hidden = !here(s);
    });
    return plot;
  });

  // The mean price of the draws so far, and what it is compared with.
  let [before, share] = [0, 1];
  const seen = (/** @type {BelieversState} */ s) =>
    Math.min(count(s), Math.round(before + (count(s) - before) * share));
  const lines = (/** @type {BelieversState} */ s) => {
    const [p, q] = pair(s);
    const all = [{ cls: "second", name: "flag", at: s.flag }];
    if (stage(s) > 1) {
      all.push(
        { cls: "model thin", name: "expects", at: entropy(q) },
        { cls: "loss", name: "gets", at: crossEntropy(p, q) },
      );
    }
    return all;
  };
  const margin = { top: 26, right: 62, bottom: 44, left: 34 };
  const walk = ui.plot({
    label: (s) => {
      const n = count(s);
      const { means } = believersMath.walk(...pair(s), s.seed, n);
      const mean = n ? `After ${n} it is ${amount(means[n - 1], s)}` : "No draw yet";
      const marks = lines(s).map(({ name, at }) => `${name} ${amount(at, s)}`);
      return `The mean price of the draws so far. ${[mean, ...marks].join("; ")}.`;
    },
    height: 270,
    margin,
    draw: (g, s) => {
      const [p, q] = pair(s);
      const n = seen(s);
      const { means } = believersMath.walk(p, q, s.seed, n);
      const end = believersMath.reach(count(s));
      // The scale changes in steps of two, with the dearest draw; it tells nothing of the mean.
      const prices = q.filter((v, k) => v > 0 && p[k] > 0.004).map(believersMath.information);
      const tallest = Math.max(0.5, ...prices, s.flag);
      const top = [0.6, 1.2, 2.4, 4.8, 9.6].find((t) => t > tallest * 1.04) ?? 15;
      g.scale([0, end], [0, top]);
      g.yAxis({
        ticks: kit.ticks(0, top / scale(s), 4).map((t) => t * scale(s)),
        text: (v) => String(kit.snap(v / scale(s), 0.01)),
        label: `mean price (${unit(s)})`,
      });
      g.xAxis({ ticks: [0, end / 2, end], label: "draws" });
      const all = lines(s);
      for (const { cls, at } of all) if (at <= top) g.line([[0, at], [end, at]], cls);
      // As many points as there are pixels.
      const every = Math.max(1, Math.floor(end / g.width));
      const path = means.map((v, i) => /** @type {[number, number]} */ ([i + 1, Math.min(v, top)]));
      g.line(path.filter(([i], k) => means[k] < Infinity && (i % every === 0 || i < 50 || i === n)), "record");
      if (n && means[n - 1] < Infinity) g.dot(n, Math.min(means[n - 1], top), "record", 5);
      if (n && means[n - 1] === Infinity) g.write(n, top, "↑ ∞", "danger strong", { dy: 14 });
      const heights = believersMath.apart(all.map(({ at }) => g.y(Math.min(at, top))), 16, g.y(0));
      all.forEach(({ cls, name, at }, i) => {
        g.write(end, g.back(0, heights[i])[1], at > top ? `${name} ↑` : name, `${cls} strong`,
          { anchor: "start", dx: 6, dy: 5 });
      });
    },
  });

  const guess = ui.when((s) => stage(s) === 0, () => [
    ui.slider({
      label: "your flag: the mean price of many draws",
      min: 0,
      max: 5,
      step: 0.01,
      value: (s) => kit.clamp(kit.snap(s.flag / scale(s), 0.01), 0, 5),
      change: (v, s) => ({ flag: kit.snap(Math.min(v * scale(s), kit.limits("flag").high), 1e-6) }),
      text: (v) => kit.unit(v, 2, unit(ui.state())),
      class: "second",
    }),
    el("div", { class: "row tools" }, ui.button({ text: "Plant the flag", press: () => ({ stage: 1 }) })),
  ]);
  /** @param {number} more */
  const draw = (more) => (/** @type {BelieversState} */ s) => {
    before = count(s);
    ui.set({ drawn: Math.min(before + more, believersMath.most) });
    ui.animate(more > 1 ? 1200 : 150, (now) => {
      share = now;
    }, true);
  };
  const full = (/** @type {BelieversState} */ s) => count(s) >= believersMath.most;
  const draws = ui.when((s) => stage(s) > 0, () => [
    el(
      "div",
      { class: "row tools" },
      ui.button({ text: "Draw one", press: draw(1), off: full }),
      ui.button({ text: "Draw 100", press: draw(100), off: full }),
      ui.button({ text: "Other draws", press: (s) => ({ seed: (s.seed % 999) + 1 }), off: (s) => !count(s) }),
      ui.button({ text: "Put them back", press: () => ({ drawn: 0 }), off: (s) => !count(s) }),
      ui.button({ text: "Move the flag", press: () => ({ drawn: 0, stage: 0 }) }),
    ),
    ui.when((s) => stage(s) === 1 && count(s) >= 100, () => [
      el("div", { class: "row tools" }, ui.button({
        text: "Show what the belief expects and gets",
        press: () => ({ stage: 2 }),
      })),
    ]),
  ]);

  /** @param {string} cls @param {string} name @param {string} what
   * @param {(p: number[], q: number[]) => number} value */
  const term = (cls, name, what, value) =>
    ui.text(
      (s) => {
        const nats = value(...pair(s));
        return [
          el("span", { class: "name" }, what),
          el("b", { class: nats < Infinity ? cls : "danger" }, amount(nats, s)),
          el("span", { class: "what" }, name),
        ];
      },
      { class: "term" },
    );
  const sum = ui.when((s) => stage(s) > 1, () => [
    el(
      "div",
      { class: "sum" },
      term("model", "H(q)", "q expects", (p, q) => entropy(q)),
      term("loss", "H(p, q)", "q gets", crossEntropy),
      term("world", "H(p)", "a true belief gets", (p) => entropy(p)),
      term("muted", "KL(p‖q)", "it would save", kl),
    ),
  ]);

  const same = (/** @type {BelieversState} */ s) => {
    const [p, q] = pair(s);
    return p.every((v, k) => v === q[k]);
  };
  const controls = el(
    "div",
    { class: "row tools" },
    ui.button({
      text: "swap p and q",
      press: (s) => {
        const [p, q] = pair(s);
        return { p: q, q: p, drawn: 0 };
      },
      off: same,
    }),
    ui.choice({
      label: "unit",
      options: [
        { value: "nats", text: "nats" },
        { value: "bits", text: "bits" },
      ],
      value: unit,
      change: (value) => ({ bits: value === "bits" }),
    }),
  );
  return [
    el("div", { class: "desk" }, el("div", { class: "bars" }, ...bars), el("div", { class: "walk" }, walk)),
    guess, draws, sum, controls,
  ];
}

kit.mount(
  /** @type {Definition<BelieversState>} */ ({
    name: "believers",
    title: "What a belief expects, and what it gets",
    hint: "Every draw costs −log of what the belief gave it. Plant a flag where the mean price will "
      + "settle; then draw. Afterwards drag the orange bars.",
    task: "The world is at 0.6, the belief at 0.9. Where does the mean settle? And which beliefs get "
      + "just what they expect?",
    moves: true,
    open: (s) => believersMath.stage(s) > 1,
    presets: [
      ...[["Ada: 0.5", 0.5], ["Ben: 0.6", 0.6], ["Cleo: 0.9", 0.9], ["never white", 1]].map(([text, black]) => ({
        text: String(text),
        state: {
          p: [0.4, 0.6], q: [kit.snap(1 - Number(black), 0.1), Number(black)], bits: true, names: "white_black",
          stage: 2, drawn: 0,
        },
      })),
      {
        text: "Ben’s old tree",
        state: {
          p: [0.5, 0.25, 0.125, 0.125], q: [0.25, 0.125, 0.5, 0.125], bits: true,
          names: "hearts_spades_diam_clubs", stage: 2, drawn: 0,
        },
      },
    ],
    say: (s) => {
      const math = believersMath;
      const [p, q] = math.pair(s);
      const name = (/** @type {number} */ k) => s.names.split("_")[k] ?? "ABCD"[k];
      const amount = (/** @type {number} */ nats) =>
        s.bits ? kit.unit(nats / Math.LN2, 4, "bits") : kit.unit(nats, 4, "nats");
      const prices = p.flatMap((v, k) => (v > 0 ? [`${name(k)} ${amount(math.information(q[k]))}`] : []));
      if (math.stage(s) === 0) {
        return `To this belief each draw costs: ${prices.join(", ")}. Where will the mean of many draws `
          + `settle? Your flag is at ${amount(s.flag)}; plant it.`;
      }
      const n = math.count(s);
      const { last, means } = math.walk(p, q, s.seed, n);
      const drawn = n === 0 ? "" : `Draw ${n} was ${name(last)} and cost `
        + `${amount(math.information(q[last]))}; the mean of all ${n} is ${amount(means[n - 1])}. `;
      if (math.stage(s) === 1) {
        if (n === 0) return `Your flag stands at ${amount(s.flag)}. Now draw; a draw costs: ${prices.join(", ")}.`;
        return `${drawn}Your flag stands at ${amount(s.flag)}.`
          + (n < 100 ? " One draw says little: take a hundred." : "");
      }
      const never = p.findIndex((v, k) => v > 0 && q[k] === 0);
      const [expects, gets, best] = [math.entropy(q), math.crossEntropy(p, q), math.entropy(p)];
      const save = amount(math.kl(p, q));
      if (never >= 0) {
        return `${drawn}This belief expects ${amount(expects)} and calls ${name(never)} impossible. Sooner or `
          + `later it comes, and from then on the mean is ∞. A true belief gets ${amount(best)}.`;
      }
      const both = `${drawn}In the long run this belief`;
      if (p.every((v, k) => v === q[k])) {
        return `${both} gets ${amount(gets)}, just what it expects: it is true, and no belief gets less.`;
      }
      if (math.keeps(p, q)) {
        return `${both} gets ${amount(gets)}, just what it expects, and yet it is not true: a true one would `
          + `save ${save} a draw.`;
      }
      return `${both} expects ${amount(expects)} and gets ${amount(gets)}: it is `
        + `${gets > expects ? "too sure" : "too modest"}. A true one would save ${save} a draw.`;
    },
    view: believersView,
  }),
);
