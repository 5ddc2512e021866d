// @ts-check
// Chapter 3, two believers: p knows the truth, q believes something else and pays for it.

/** @typedef {{p: number[], q: number[], bits: boolean, names: string}} BelieversState */

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

  /**
   * A box for each class that occurs: of height `own` for those who know p, `paid` for q.
   * @param {number[]} p @param {number[]} q
   * @returns {Array<{k: number, from: number, to: number, own: number, paid: number, more: number}>}
   *   `more` is p · (paid − own), negative where q saves
   */
  boxes(p, q) {
    let to = 0;
    return p
      .map((v, k) => {
        const [own, paid] = [believersMath.information(v), believersMath.information(q[k])];
        const from = to;
        to += v;
        return { k, from, to, own, paid, more: v && v * (paid - own) };
      })
      .filter((box) => box.to > box.from);
  },
};

/** @param {Ui<BelieversState>} ui @returns {Child[]} */
function believersView(ui) {
  const { el, fixed } = kit;
  const { entropy, crossEntropy, kl } = believersMath;
  const pair = believersMath.pair;
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
        label: `${which ? "belief q" : "truth p"}, class ${k + 1}`,
        axis: "y",
        min: 0,
        max: 1,
        step: 0.01,
        value: (s) => kit.snap(of(s, which, k), 1e-6),
        change: (v, s) => {
          const both = pair(s);
          const moved = believersMath.move(both[which], k, v);
          both[which] = believersMath.arrive(both[which], moved, both[1 - which]);
          return { p: both[0], q: both[1] };
        },
        text: (v) => `${named(ui.state(), k)}: ${shown(v)}`,
        at: (s) => [middle(which, k), of(s, which, k)],
        class: which ? "model" : "truth",
      });
    });
    const plot = ui.plot({
      label: (s) => {
        const list = (/** @type {number[]} */ values) =>
          values.map((v, k) => `${named(s, k)} ${shown(v)}`).join(", ");
        return `Bars. Truth p: ${list(pair(s)[0])}. Belief q: ${list(pair(s)[1])}.`;
      },
      height: 270,
      margin: { top: 36, right: 4, bottom: 70, left: 34 },
      handles,
      draw: (p, s) => {
        if (!here(s)) return;
        p.scale([0, classes], [0, 1]);
        p.yAxis({ ticks: [0, 0.5, 1], label: "" });
        p.xAxis({ ticks: [], label: "" });
        p.write(0, 1, "p, the truth", "truth strong", { anchor: "start", dx: -32, dy: -21 });
        p.write(0, 1, "q, the belief", "model strong", { anchor: "start", dx: 70, dy: -21 });
        const row = { anchor: "end", dx: -10 };
        p.write(0, 0, "p", "truth strong", { ...row, dy: 45 });
        p.write(0, 0, "q", "model strong", { ...row, dy: 63 });
        pair(s).forEach((values, which) => {
          const cls = which ? "model" : "truth";
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

  // The boxes, of width p and height surprise. To their right, a column of the mean.
  const margin = { top: 36, right: 64, bottom: 46, left: 34 };
  const boxes = ui.plot({
    label: (s) => {
      const all = believersMath.boxes(...pair(s)).map(({ k, own, paid, more }) => {
        const what = more < 0 ? `saves ${amount(-more, s)}` : `pays ${amount(more, s)} more`;
        return `${named(s, k)}, height ${amount(own, s)} by p and ${amount(paid, s)} by q, ${what}`;
      });
      return `Boxes as wide as p and as high as the surprise. ${all.join("; ")}.`;
    },
    height: 270,
    margin,
    draw: (g, s) => {
      const [p, q] = pair(s);
      const all = believersMath.boxes(p, q);
      // The scale changes in steps of two, so that boxes visibly grow; very narrow boxes are ignored.
      const heights = all.filter((b) => b.to - b.from > 0.004).flatMap((b) => [b.own, b.paid]);
      const tallest = Math.max(...heights.filter(Number.isFinite));
      const top = [1.2, 2.4, 4.8, 9.6].find((t) => t > tallest * 1.04) ?? 15;
      g.scale([0, 1], [0, top]);
      const up = (/** @type {number} */ v) => Math.min(v, top);
      const marks = kit.ticks(0, top / scale(s), 4);
      g.yAxis({
        ticks: marks.map((t) => t * scale(s)),
        text: (v) => String(kit.snap(v / scale(s), 0.1)),
        label: `surprise (${unit(s)})`,
      });
      const width = (/** @type {{from: number, to: number}} */ b) => g.x(b.to) - g.x(b.from);
      for (const b of all) {
        g.rect(b.from, 0, b.to, up(b.own), "floor");
        if (b.more > 0) g.rect(b.from, up(b.own), b.to, up(b.paid), b.paid < Infinity ? "price" : "endless");
        if (b.more < 0) g.rect(b.from, up(b.paid), b.to, up(b.own), "saved");
      }
      for (const b of all) {
        const x = (b.from + b.to) / 2;
        const y = (up(b.own) + up(b.paid)) / 2;
        const room = Math.abs(g.y(up(b.own)) - g.y(up(b.paid)));
        const value = `${b.more > 0 ? "+" : ""}${fixed(b.more / scale(s), 4)}`;
        if (b.paid === Infinity) g.write(x, y, "∞", "big", { dy: 9 });
        else if (b.more !== 0 && width(b) > 56 && room > 17) g.write(x, y, value, "", { dy: 5 });
        const name = named(s, b.k);
        if (width(b) > 7 * name.length + 2) g.write(x, 0, name, "strong", { dy: 18 });
      }
      g.xAxis({ ticks: [], label: "width: how often, p" });
      const key = { anchor: "end", dx: margin.right };
      g.write(1, top, "solid: q pays more", "model", { ...key, dy: -22 });
      g.write(1, top, "dashed box: q saves", "model", { ...key, dy: -6 });

      const [h, more] = [entropy(p), kl(p, q)];
      const total = up(h + more);
      const [x0] = g.back(g.width - margin.right + 15, 0);
      const [x1] = g.back(g.width - margin.right + 33, 0);
      g.line([[0, up(h)], [x1, up(h)]], "truth thin");
      g.rect(x0, 0, x1, up(h), "floor");
      if (more > 0) g.rect(x0, up(h), x1, total, more < Infinity ? "price" : "endless");
      const side = (/** @type {number} */ y, /** @type {string} */ text, /** @type {string} */ cls) =>
        g.write(x1, g.back(0, y)[1], text, `${cls} strong`, { anchor: "start", dx: 4, dy: 5 });
      g.write((x0 + x1) / 2, 0, "mean", "muted", { dy: 18 });
      const low = g.y(up(h) / 2);
      if (h > 0) side(Math.min(low, g.y(0) - 7), "H", "truth");
      if (more > 0) {
        const high = g.y((up(h) + total) / 2);
        side(h > 0 ? Math.min(high, low - 17) : Math.min(high, g.y(0) - 7), "KL", more < Infinity ? "model" : "danger");
      }
    },
  });

  /** @param {string} cls @param {string} sign @param {string} name @param {string} what
   * @param {(p: number[], q: number[]) => number} value */
  const term = (cls, sign, name, what, value) =>
    ui.text(
      (s) => {
        const nats = value(...pair(s));
        return [
          el("span", { class: "name" }, sign && el("i", {}, sign), name),
          el("b", { class: nats < Infinity ? cls : "danger" }, amount(nats, s)),
          el("span", { class: "what" }, what),
        ];
      },
      { class: "term" },
    );
  const sum = el(
    "div",
    { class: "sum" },
    term("loss", "", "H(p, q)", "cross-entropy", crossEntropy),
    term("truth", "= ", "H(p)", "the floor", (p) => entropy(p)),
    term("model", "+ ", "KL(p‖q)", "can be fixed", kl),
    term("muted", "", "KL(q‖p)", "the other way", (p, q) => kl(q, p)),
  );

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
        return { p: q, q: p };
      },
      off: same,
    }),
    ui.button({
      text: "q = p",
      label: "q = p: believe the truth",
      press: (s) => ({ q: pair(s)[0], p: pair(s)[0] }),
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
    el("div", { class: "desk" }, el("div", { class: "bars" }, ...bars), el("div", { class: "boxes" }, boxes)),
    sum,
    controls,
  ];
}

kit.mount(
  /** @type {Definition<BelieversState>} */ ({
    name: "believers",
    title: "Cross-entropy: a floor, and a part that can be fixed",
    hint: "Drag the orange bars until nothing is left to fix. Can you get below the floor?",
    presets: [
      { text: "five balls", state: { p: [0.4, 0.6], q: [0.5, 0.5], bits: false, names: "white_black" } },
      { text: "one-hot", state: { p: [0, 1, 0], q: [0.3, 0.5, 0.2], bits: false, names: "A_B_C" } },
      {
        text: "Bob in Alice’s code",
        state: {
          p: [0.5, 0.25, 0.125, 0.125],
          q: [0.125, 0.5, 0.25, 0.125],
          bits: true,
          names: "dog_cat_fish_bird",
        },
      },
      { text: "colliding zeros", state: { p: [0.5, 0.5, 0], q: [1, 0, 0], bits: false, names: "A_B_C" } },
    ],
    say: (s) => {
      const [p, q] = believersMath.pair(s);
      const name = (/** @type {number} */ k) => s.names.split("_")[k] ?? "ABCD"[k];
      const amount = (/** @type {number} */ nats) =>
        s.bits ? kit.unit(nats / Math.LN2, 4, "bits") : kit.unit(nats, 4, "nats");
      const never = p.findIndex((v, k) => v > 0 && q[k] === 0);
      const both = p.findIndex((v, k) => v === 0 && q[k] === 0);
      const free = both < 0 ? "" : ` That ${name(both)} is 0 in both costs nothing.`;
      const [floor, more] = [believersMath.entropy(p), believersMath.kl(p, q)];
      if (never >= 0) {
        return `q calls ${name(never)} impossible, and yet it comes: the price of such a belief is ∞. `
          + `The floor is ${amount(floor)} all the same.${free}`;
      }
      if (more === 0) {
        return `The belief is the truth: nothing is left to be fixed. What still surprises, ${amount(floor)}, `
          + `is the floor, and nobody gets below it.${free}`;
      }
      const certain = p.indexOf(1);
      if (certain >= 0) {
        return `One-hot: only ${name(certain)} ever comes, so the floor is 0. All ${amount(more)} can be fixed. `
          + `They are −log${s.bits ? "₂" : ""}\u00a0${kit.snap(q[certain], 1e-6)}, however q spreads the rest.`;
      }
      const lengths = q.map((v) => kit.snap(-Math.log2(v), 1e-9));
      if (s.bits && lengths.every(Number.isInteger)) {
        return `A code made for q has words of ${lengths.slice(0, -1).join(", ")} and `
          + `${lengths[lengths.length - 1]} bits. Those who speak as p does need ${amount(floor + more)} a `
          + `word in it, ${amount(more)} more than in a code of their own.${free}`;
      }
      return `Believing q costs ${amount(floor + more)} on average. Of these ${amount(floor)} are the floor, `
        + `which even p cannot avoid; a better belief would save the other ${amount(more)}.${free}`;
    },
    view: believersView,
  }),
);
