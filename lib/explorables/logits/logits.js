// @ts-check
// Chapter 4, the logit playground: scores become probabilities, and the loss pushes back.

/** @typedef {{z: number[], y: number, c: number, T: number, double: boolean, squared: boolean,
 *   guess: number[], stage: number}} LogitsState logits, true class, shift, temperature, which head;
 *   how many steps each loss is said to need; stage 0: guess, 1: race, 2: play */

/** The mathematics, without drawing. Losses are in nats; `u` is the input of softmax. */
const logitsMath = {
  /** Limit of the absolute value of shifted logits. */
  most: 15,

  /** The available temperatures. */
  temperatures: [0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10],

  /** The numbers of steps that a guess may be. */
  counts: [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000,
    3000, 5000, 10000, 20000,
  ],

  /** A race is broken off after so many steps. */
  patience: 2000,

  /** @param {LogitsState} s @returns {number} 0, 1 or 2 */
  stage: (s) => Math.round(s.stage),

  /** The true class; the last one if a link names one that does not exist. @param {LogitsState} s */
  truth: ({ z, y }) => Math.min(Math.round(y), z.length - 1),

  /** @param {LogitsState} s @returns {number[]} the logits, shifted */
  shifted: ({ z, c }) => z.map((v) => v + c),

  /** @param {LogitsState} s @returns {number[]} */
  given: ({ z, c, T }) => z.map((v) => (v + c) / T),

  /** @param {number[]} u @returns {number[]} */
  softmax(u) {
    const top = Math.max(...u);
    const weights = u.map((v) => Math.exp(v - top));
    const total = weights.reduce((a, b) => a + b);
    return weights.map((w) => w / total);
  },

  /**
   * log-sum-exp minus the true logit, as a sum of two non-negative terms: nothing cancels, and
   * log1p keeps the digits when the model is confident and right.
   * @param {number[]} u @param {number} y @returns {number}
   */
  nll(u, y) {
    const top = u.indexOf(Math.max(...u));
    const rest = u.reduce((sum, v, k) => (k === top ? sum : sum + Math.exp(v - u[top])), 0);
    return u[top] - u[y] + Math.log1p(rest);
  },

  /** @param {number[]} q @param {number} y @returns {number[]} q − p; at y computed from the
   *   others, which keeps the digits when q is almost 1 */
  lack: (q, y) =>
    q.map((v, k) => (k === y ? -q.reduce((sum, w, j) => (j === y ? sum : sum + w), 0) : v)),

  /** Backpropagate a gradient through softmax. @param {number[]} q @param {number[]} v */
  before(q, v) {
    const mean = q.reduce((sum, w, k) => sum + w * v[k], 0);
    return q.map((w, k) => w * (v[k] - mean));
  },

  /** @param {number[]} u @param {number} y @param {boolean} double @param {boolean} squared */
  loss(u, y, double, squared) {
    const last = double ? logitsMath.softmax(u) : u;
    if (!squared) return logitsMath.nll(last, y);
    return logitsMath.lack(logitsMath.softmax(last), y).reduce((sum, d) => sum + d * d, 0);
  },

  /** With respect to u. @param {number[]} u @param {number} y @param {boolean} double
   * @param {boolean} squared @returns {number[]} */
  gradient(u, y, double, squared) {
    const q = logitsMath.softmax(u);
    const seen = double ? logitsMath.softmax(q) : q;
    const lack = logitsMath.lack(seen, y);
    const last = squared ? logitsMath.before(seen, lack).map((v) => 2 * v) : lack;
    return double ? logitsMath.before(q, last) : last;
  },

  /** The least loss that a double softmax can reach. @param {number} K */
  floor: (K) => Math.log(Math.E + K - 1) - 1,

  /** @param {LogitsState} s @returns {{K: number, y: number, q: number[], seen: number[],
   *   loss: number, push: number[], lack: number, longest: number}} */
  all(s) {
    const u = logitsMath.given(s);
    const y = logitsMath.truth(s);
    const q = logitsMath.softmax(u);
    const push = logitsMath.gradient(u, y, s.double, s.squared).map((g) => -g);
    return {
      K: u.length,
      y,
      q,
      seen: s.double ? logitsMath.softmax(q) : q,
      loss: logitsMath.loss(u, y, s.double, s.squared),
      push,
      lack: -logitsMath.lack(q, y)[y],
      longest: Math.max(...push.map(Math.abs)),
    };
  },

  /** Add each arrow to the input of softmax. @param {LogitsState} s @returns {number[]} z */
  follow(s) {
    const { push } = logitsMath.all(s);
    return s.z.map((v, k) => logitsMath.within(v + s.T * push[k] + s.c) - s.c);
  },

  /** How far the true score is ahead of the highest other. @param {number[]} u @param {number} y */
  lead: (u, y) => u[y] - Math.max(...u.filter((_, k) => k !== y)),

  /**
   * Gradient descent with rate 1 on the input of softmax, until the true class leads.
   * @param {number[]} u @param {number} y @param {boolean} squared
   * @returns {number[]} the lead after 0, 1, 2, ... steps; the last is above 0, or patience has ended
   */
  race(u, y, squared) {
    let at = u;
    const leads = [logitsMath.lead(at, y)];
    while (leads[leads.length - 1] <= 0 && leads.length <= logitsMath.patience) {
      const slope = logitsMath.gradient(at, y, false, squared);
      at = at.map((v, k) => v - slope[k]);
      leads.push(logitsMath.lead(at, y));
    }
    return leads;
  },

  /** @param {number[]} leads of a race @returns {string} "6 steps", "more than 2 000 steps" */
  needed(leads) {
    const n = leads.length - 1;
    if (leads[n] <= 0) return `more than ${logitsMath.grouped(n)} steps`;
    return `${logitsMath.grouped(n)} step${n === 1 ? "" : "s"}`;
  },

  /** @param {number} n @returns {string} "2 000" */
  grouped: (n) => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, "\u00a0"),

  /** An equals sign only where nothing was rounded. @param {number} v */
  equal: (v) => (v > 0 && v < 0.001 ? `≈\u00a0${logitsMath.small(v)}` : kit.equals(v, 4)),

  /** Four decimals, or a power of ten if those would all be 0. @param {number} v */
  small: (v) => (v >= 0.001 || v === 0 ? kit.fixed(v, 4) : logitsMath.power(v)),

  /** Never broken at the end of a line. @param {number} v */
  power: (v) => kit.fromLog(Math.log(v), 4).replaceAll(" ", "\u00a0"),

  /** @param {number} v */
  within: (v) => Math.min(logitsMath.most, Math.max(-logitsMath.most, v)),

  /** The shift nearest to `c` that keeps every logit visible. @param {number[]} z
   * @param {number} c */
  shift(z, c) {
    const low = -logitsMath.most - Math.min(...z);
    const high = logitsMath.most - Math.max(...z);
    // Bounds are rounded to tenths towards 0; logits that are invisible anyway do not count.
    const [a, b] = [Math.ceil(low * 10 - 1e-9) / 10, Math.floor(high * 10 + 1e-9) / 10];
    return Math.min(Math.max(b, 0), Math.max(Math.min(a, 0), c)) + 0;
  },
};

/** @param {Ui<LogitsState>} ui @returns {Child[]} */
function logitsView(ui) {
  const { el, fixed } = kit;
  const { most, temperatures, stage, counts, grouped } = logitsMath;
  const classes = Array.from({ length: 10 }, (_, k) => k);
  const exact = (/** @type {number} */ v) => fixed(v, 4);
  const signed = (/** @type {number} */ v) => (Number(v.toFixed(4)) > 0 ? "+" : "") + exact(v);
  const letter = (/** @type {LogitsState} */ { c, T }) =>
    T === 1 ? (c === 0 ? "z" : "z + c") : c === 0 ? "z/T" : "(z + c)/T";

  // ---- the race --------------------------------------------------------------------------------

  let share = 1; // of the race
  const playing = (/** @type {LogitsState} */ s) => stage(s) > 1 && share === 1;
  /** @type {{of: string, leads: number[][]}} */ let raced = { of: "", leads: [] };
  /** Both races, computed once for each start. @param {LogitsState} s */
  const races = (s) => {
    const [u, y] = [logitsMath.given(s), logitsMath.truth(s)];
    const of = `${u.join()};${y}`;
    if (of !== raced.of) raced = { of, leads: [false, true].map((loss) => logitsMath.race(u, y, loss)) };
    return raced.leads;
  };
  const names = ["cross-entropy", "squared error"];
  /** What the lanes show: after how many steps, and the lead. @param {LogitsState} s */
  const lanes = (s) => {
    if (stage(s) < 2) return names.map(() => ({ n: 0, lead: logitsMath.lead(logitsMath.given(s), logitsMath.truth(s)) }));
    const all = races(s);
    const total = Math.max(...all.map((leads) => leads.length - 1));
    // Faster and faster, for one needs a hundred times as many as the other.
    const now = Math.round((total + 1) ** share - 1);
    return all.map((leads) => {
      const n = Math.min(now, leads.length - 1);
      return { n, lead: leads[n] };
    });
  };
  const track = ui.when((s) => stage(s) > 0, () => [ui.plot({
    label: (s) => {
      const y = logitsMath.truth(s);
      const each = lanes(s).map(({ n, lead }, i) => `${names[i]}: after ${n} steps ${y} `
        + (lead > 0 ? "leads" : `is ${fixed(-lead, 2)} behind`));
      return `Two lanes towards the lead of class ${y}. ${each.join("; ")}.`;
    },
    height: 146,
    margin: { top: 24, right: 14, bottom: 42, left: 14 },
    draw: (p, s) => {
      const both = lanes(s);
      const low = Math.min(-1, ...both.map(({ lead }) => lead), logitsMath.lead(logitsMath.given(s), logitsMath.truth(s)));
      p.scale([low, 0], [0, 2]);
      p.xAxis({
        ticks: [low, 0],
        text: (v) => fixed(v, v % 1 === 0 ? 0 : 2),
        label: `lead of class ${logitsMath.truth(s)} over the highest other score`,
      });
      p.line([[0, 0], [0, 2]], "world");
      both.forEach(({ n, lead }, i) => {
        const [at, cls] = [1.5 - i, i ? "second" : "loss"];
        p.line([[low, at], [0, at]], "muted thin");
        p.line([[low, at], [Math.min(0, lead), at]], cls);
        p.dot(Math.min(0, lead), at, cls, 7);
        p.write(low, at, names[i], cls, { anchor: "start", dy: -12 });
        p.write(0, at, `step ${grouped(n)}`, `${cls} strong`, { anchor: "end", dx: -12, dy: -12 });
      });
    },
  })]);
  const run = () => {
    ui.set({ stage: 2 });
    ui.animate(6000, (now) => {
      share = now;
    }, true);
  };
  const nearest = (/** @type {number} */ n) =>
    counts.reduce((best, v, i) => (Math.abs(v - n) < Math.abs(counts[best] - n) ? i : best), 0);
  const guesses = ui.when((s) => stage(s) === 0, () => [
    el("div", { class: "two" }, ...names.map((name, i) => ui.slider({
      label: `${name}, steps`,
      min: 0,
      max: counts.length - 1,
      step: 1,
      value: (s) => nearest(s.guess[i]),
      change: (v, s) => ({ guess: s.guess.map((old, j) => (j === i ? counts[v] : old)) }),
      text: (v) => grouped(counts[v]),
      class: i ? "second" : "loss",
    }))),
    el("div", { class: "row" }, ui.button({ text: "Lock my guesses", press: () => ({ stage: 1 }) })),
  ]);
  const start = ui.when((s) => stage(s) === 1, () => [
    el(
      "div",
      { class: "row" },
      ui.button({ text: "Start the race", press: run }),
      ui.button({ text: "Guess again", press: () => ({ stage: 0 }) }),
    ),
  ]);
  const done = ui.when(playing, () => [
    ui.text((s) => races(s).map((leads, i) => el(
      "span", { class: i ? "second" : "loss" }, `${names[i]}: `, el("b", {}, logitsMath.needed(leads)),
      ` (you said ${grouped(s.guess[i])}) `,
    )), { class: "done" }),
    el("div", { class: "row" }, ui.button({ text: "Race from here", press: run })),
  ]);

  // ---- the scores, their probabilities, and the pushes -----------------------------------------

  const loss = ui.text(
    (s) => {
      const { y, loss } = logitsMath.all(s);
      const what = s.squared
        ? [`Σ (${s.double ? "r" : "q"} − p)²`]
        : [`−log ${s.double ? "r" : "q"}`, el("sub", {}, y)];
      const unit = !s.squared && "\u00a0nats";
      const [sign] = logitsMath.equal(loss);
      return ["loss = ", ...what, ` ${sign} `, el("b", {}, logitsMath.small(loss), unit)];
    },
    { class: "sum" },
  );

  // Scores above, probabilities below; the radio buttons between them are the axis of both.
  const margin = { top: 20, right: 3, bottom: 4, left: 36 };
  const below = { ...margin, top: 8, bottom: 42 };
  /** Ten columns of 24 pixels must fit on a small phone.
   * @param {Painter} p @param {number[]} ticks @param {(t: number) => string} text
   * @param {string} label */
  const axis = (p, ticks, text, label) => {
    const tight = margin.left < 36;
    p.yAxis({ ticks, text: () => "", label });
    for (const t of ticks) {
      p.write(0, t, text(t), tight ? "tight" : "", { anchor: "end", dx: tight ? -3 : -8, dy: 4 });
    }
  };
  const fit = (/** @type {Painter} */ p) => {
    margin.left = below.left = p.width < 330 ? 27 : 36;
  };
  const column = (/** @type {Painter} */ p, /** @type {LogitsState} */ s, /** @type {number} */ lo,
    /** @type {number} */ hi) => {
    const y = logitsMath.truth(s);
    p.rect(y, lo, y + 1, hi, "column world");
  };
  // The width of a column, limited so that bars of few classes are not too wide.
  const unit = (/** @type {Painter} */ p) => Math.min(1, 80 / (p.x(1) - p.x(0)));
  // Narrower columns have no room for four decimals.
  const roomy = (/** @type {Painter} */ p) => p.x(1) - p.x(0) >= 57;
  const scores = ui.plot({
    label: (s) => {
      const list = logitsMath.shifted(s).map((v, k) => `class ${k}: ${exact(v)}`);
      return `The logits. ${list.join(", ")}.`;
    },
    height: 196,
    margin,
    draw: (p, s) => {
      const v = logitsMath.shifted(s);
      fit(p);
      p.scale([0, v.length], [-18, 18]);
      axis(p, [-10, 0, 10], (t) => fixed(t, 0), s.c === 0 ? "logits z" : "logits z + c");
      column(p, s, -18, 18);
      p.line([[0, 0], [v.length, 0]], "muted rule");
      const w = unit(p);
      if (!playing(s)) {
        v.forEach((_, k) => p.write(k + 0.5, -18, String(k), "muted", { dy: -5 }));
        p.write(logitsMath.truth(s) + 0.5, -18, "label", "world", { dy: -22 });
      }
      v.forEach((value, k) => {
        const at = logitsMath.within(value);
        p.rect(k + 0.5 - 0.13 * w, 0, k + 0.5 + 0.13 * w, at, "stem model");
        if (roomy(p)) {
          // On the other side of zero, where there is no bar and no knob.
          p.write(k + 0.5, 0, exact(value), value <= -10 ? "tight" : "", { dy: at < 0 ? -15 : 25 });
        }
      });
    },
    handles: classes.map((k) => ({
      label: `logit of class ${k}`,
      axis: "y",
      min: -most,
      max: most,
      step: 0.1,
      value: (s) => (k < s.z.length ? logitsMath.within(s.z[k] + s.c) : 0),
      change: (v, s) => ({ z: s.z.map((old, j) => (j === k ? kit.snap(v - s.c, 1e-6) : old)) }),
      text: exact,
      at: (s) => [k + 0.5, k < s.z.length ? logitsMath.within(s.z[k] + s.c) : 0],
      class: "model",
    })),
  });

  const truth = ui.choice({
    label: "true class",
    options: classes.map((k) => ({ value: String(k), text: String(k) })),
    value: (s) => String(logitsMath.truth(s)),
    change: (value) => ({ y: Number(value) }),
  });
  truth.className = "classes";
  truth.style.setProperty("--right", `${margin.right}px`);

  const grips = scores.querySelectorAll(".grip");
  const radios = truth.querySelectorAll("label");
  ui.bind(({ z }) => {
    truth.style.setProperty("--k", String(z.length));
    for (const k of classes) {
      grips[k].toggleAttribute("hidden", k >= z.length || !playing(ui.state()));
      radios[k].toggleAttribute("hidden", k >= z.length);
    }
  });

  const part = (/** @type {string} */ cls, /** @type {string} */ sign, /** @type {string} */ text) =>
    el("span", { class: cls }, el("i", { "aria-hidden": "true" }, sign), text);
  const legend = ui.text(
    (s) => [
      part("model", "▮", "probability q"),
      s.double && part("second", "▬", "r = softmax(q)"),
      part("gradient", "↕", `push on ${letter(s)}`),
      part("truth", "╍", "target p = 1"),
    ],
    { class: "legend" },
  );

  const chances = ui.plot({
    label: (s) => {
      const { y, q, push } = logitsMath.all(s);
      const list = q.map((v, k) => {
        const way = push[k] < 0 ? "pushed down" : "pushed up";
        return `class ${k}${k === y ? ", the true one" : ""}: ${exact(v)}, ${way} by `
          + exact(Math.abs(push[k]));
      });
      return `The probabilities, and the push on each logit. ${list.join("; ")}.`;
    },
    height: 204,
    margin: below,
    draw: (p, s) => {
      const { K, y, q, seen, push } = logitsMath.all(s);
      const top = 1.06;
      fit(p);
      truth.style.setProperty("--left", `${below.left}px`);
      p.scale([0, K], [0, top]);
      axis(p, [0, 0.5, 1], (t) => (t % 1 === 0 ? String(t) : fixed(t, 1)), "");
      column(p, s, 0, top);
      p.line([[0, 0], [K, 0]], "muted rule");
      p.line([[y, 1], [y + 1, 1]], "truth thin");
      const w = unit(p);
      q.forEach((v, k) => {
        const [bar, arrow] = [k + 0.5 - 0.15 * w, k + 0.5 + 0.26 * w];
        p.rect(bar - 0.2 * w, 0, bar + 0.2 * w, v, "bar model");
        if (s.double) p.line([[bar - 0.27 * w, seen[k]], [bar + 0.27 * w, seen[k]]], "second");
        p.dot(arrow, v, "gradient", 2.5);
        p.arrow(arrow, v, arrow, v + push[k], "gradient");
        if (roomy(p)) {
          p.write(k + 0.5, 0, exact(v), "model", { dy: 18 });
          p.write(k + 0.5, 0, signed(push[k]), "gradient", { dy: 37 });
        } else {
          const percent = Math.round(100 * v);
          p.write(k + 0.5, 0, percent === 0 ? "<1" : String(percent), "model tight", { dy: 18 });
        }
      });
      const side = { anchor: "start", dx: 2 - below.left };
      if (roomy(p)) {
        p.write(0, 0, "q", "model", { ...side, dy: 18 });
        p.write(0, 0, "push", "gradient", { ...side, dy: 37 });
      } else p.write(0, 0, "q, %", "model tight", { ...side, dy: 18 });
    },
  });

  const shift = ui.slider({
    label: "shift c, added to all",
    min: kit.limits("c").low,
    max: kit.limits("c").high,
    step: 0.1,
    value: (s) => s.c,
    change: (v, s) => ({ c: logitsMath.shift(s.z, v) }),
    text: (v) => (v > 0 ? "+" : "") + fixed(v, 1),
    class: "model",
  });
  const near = (/** @type {number} */ T) =>
    temperatures.reduce(
      (best, t, i) =>
        Math.abs(Math.log(t / T)) < Math.abs(Math.log(temperatures[best] / T)) ? i : best,
      0,
    );
  const heat = ui.slider({
    label: "temperature T, divides all",
    min: 0,
    max: temperatures.length - 1,
    step: 1,
    value: (s) => near(s.T),
    change: (i) => ({ T: temperatures[i] }),
    text: () => fixed(ui.state().T, 2),
    class: "model",
  });

  const buttons = el(
    "div",
    { class: "row" },
    ui.button({ text: "Follow the arrows", press: (s) => ({ z: logitsMath.follow(s) }) }),
    el(
      "div",
      { class: "row" },
      ui.toggle({
        label: "double softmax",
        value: (s) => s.double,
        change: (double) => ({ double }),
      }),
      ui.toggle({
        label: "squared error",
        value: (s) => s.squared,
        change: (squared) => ({ squared }),
      }),
    ),
  );
  const count = el(
    "div",
    { class: "row count", role: "group", "aria-label": "Number of classes" },
    ui.text((s) => `${s.z.length} classes`),
    ui.button({
      text: "−",
      label: "− take the last class away",
      press: (s) => ({ z: s.z.slice(0, -1), y: Math.min(s.y, s.z.length - 2) }),
      off: (s) => s.z.length <= kit.limits("z").least,
    }),
    ui.button({
      text: "+",
      label: "+ one more class, with logit 0",
      press: (s) => ({ z: [...s.z, 0] }),
      off: (s) => s.z.length >= kit.limits("z").most,
    }),
  );

  // As many classes as the axis of the scores has, so directly below it.
  const free = ui.when(playing, () => [
    count,
    truth,
    legend,
    chances,
    el("div", { class: "two" }, shift, heat),
    buttons,
  ]);
  return [guesses, start, track, done, loss, scores, free];
}

kit.mount(
  /** @type {Definition<LogitsState>} */ ({
    name: "logits",
    title: "A confident mistake, and two losses that are to mend it",
    hint: "One score is ten points ahead, and it is the wrong one. Guess how many steps of rate 1 each loss "
      + "needs until the label leads; squared error adds the squares of all classes. Afterwards drag the "
      + "logits and follow the arrows.",
    task: "How many steps until the 7 leads, with cross-entropy and with squared error?",
    moves: true,
    open: (s) => logitsMath.stage(s) > 1,
    // Presets do not change the head, so that the same logits can be compared.
    presets: [
      {
        text: "untrained",
        state: {
          z: [0.0297, -0.044, -0.0442, 0.0194, 0.0293, 0.0036, -0.0047, 0.0073, 0.0407, -0.0544],
          y: 7,
          c: 0,
          T: 1,
          stage: 2,
        },
      },
      {
        text: "trained",
        state: {
          z: [0.709, -5.743, 2.7101, 4.5032, -4.2269, 0.7165, -9.6999, 10.0532, -0.4749, 2.4612],
          y: 7,
          c: 0,
          T: 1,
          stage: 2,
        },
      },
      {
        text: "confident, wrong",
        state: { z: [0, 0, 0, 0, 0, 0, 0, 0, 10, 0], y: 7, c: 0, T: 1, stage: 2 },
      },
      { text: "3 classes", state: { z: [1.0986, 0, 0], y: 2, c: 0, T: 1, stage: 2 } },
    ],
    say: (s) => {
      const { K, y, q, loss, push, lack, longest } = logitsMath.all(s);
      const { small, equal, grouped } = logitsMath;
      const nats = (/** @type {number} */ v) => `${small(v)}\u00a0nats`;
      /** @type {string[]} */ const out = [];
      if (logitsMath.stage(s) < 2) {
        const high = s.z.indexOf(Math.max(...s.z));
        const [a, b] = s.guess.map(grouped);
        return `The label is ${y}, and softmax gives it q\u00a0${equal(q[y])}; the ${high} gets `
          + `${small(q[high])}. ` + (logitsMath.stage(s) === 0
          ? `After how many steps will the ${y} lead? Your guesses: ${a} and ${b}.`
          : `You say: after ${a} with cross-entropy, after ${b} with squared error. Let them race.`);
      }
      const u = logitsMath.given(s);
      const [fast, slow] = [false, true].map((loss) => logitsMath.needed(logitsMath.race(u, y, loss)));
      out.push(logitsMath.lead(u, y) > 0
        ? `Class ${y} leads already.`
        : `From here class ${y} leads after ${fast} of cross-entropy, after ${slow} of squared error.`);
      const shorter = `the longest arrow is ${small(longest)}, not ${small(lack)}.`;
      if (s.double) {
        out.push(
          "Softmax twice: the second sees only numbers from 0 to 1 and makes them nearly equal.",
          s.squared
            ? `The squared error is ${small(loss)}, and ${shorter}`
            : `The loss is ${nats(loss)}; with ${K} classes it is never below `
              + `${kit.unit(logitsMath.floor(K), 5, "nats")}, and ${shorter}`,
        );
      } else if (s.squared) {
        const up = push.findIndex((v, k) => k !== y && v >= 0.00005);
        out.push(
          `The squared error is ${small(loss)}. Its push goes back through softmax: ${shorter}`,
        );
        if (q[y] < 0.05 && longest < 0.05) {
          out.push("The model is confident and wrong, and hardly anything tells it so.");
        } else if (up >= 0) {
          out.push(`Class ${up} is wrong and yet pushed up; cross-entropy never does that.`);
        }
      } else {
        out.push(
          `Class ${y} is true and has q\u00a0${equal(q[y])}: the loss is ${nats(loss)}. It is pulled `
            + `up by 1\u00a0−\u00a0q\u00a0${equal(lack)}; the other ${K - 1} are pushed down, each by its own `
            + "q, together by just as much.",
        );
      }
      if (s.c !== 0) {
        out.push("The shift changes no probability and no arrow: only differences matter.");
      }
      if (s.T !== 1) {
        const T = kit.equals(s.T, 2);
        out.push(
          s.T > 1
            ? `T\u00a0${T} shrinks every difference, and the probabilities move towards 1/${K}.`
            : `T\u00a0${T} stretches every difference, and the largest logit takes more.`,
        );
      }
      return out.join(" ");
    },
    view: logitsView,
  }),
);
