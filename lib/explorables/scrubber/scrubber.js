// @ts-check
// Chapter 5, the epoch scrubber: thirty test images, the same network at twelve epochs.

/** @typedef {{image: number, epoch: number, temperature: boolean, digits: number[], open: boolean}}
 *   ScrubberState `digits`: what the reader read; `open`: the network's answers are shown */
/**
 * The output of scripts/scrubber_data.py. Pairs are without and with temperature; null is infinity.
 * @typedef {object} ScrubberData
 * @property {number[]} labels
 * @property {string} images bytes of 28 by 28 pixels each; 255 is ink
 * @property {number} size number of all test images
 * @property {number} held_out number of images that the temperature was fitted on
 * @property {number[]} epochs
 * @property {Array<number | null>} temperature
 * @property {number[]} accuracy
 * @property {[number[], number[]]} loss mean of all test images
 * @property {[number[], number[]]} expects mean entropy of the predictions for all test images
 * @property {[number[][], number[][]]} rank by epoch, then image
 * @property {number[][][]} logits by epoch, then image
 */

/** The mathematics, without drawing. An epoch is given by its index among the twelve. */
const scrubberMath = {
  /** @returns {ScrubberData} */
  data: () => /** @type {ScrubberData} */ (KIT_DATA),

  /** @param {number} epoch @returns {number} the index of the nearest checkpoint */
  place(epoch) {
    const far = scrubberMath.data().epochs.map((e) => Math.abs(e - epoch));
    return far.indexOf(Math.min(...far));
  },

  /** @param {number} e @param {boolean} on @returns {number} 1 if off; may be infinite */
  temperature: (e, on) => (on ? scrubberMath.data().temperature[e] ?? Infinity : 1),

  /** @param {number} i @param {number} e @param {boolean} on
   * @returns {number[]} divided by the temperature */
  logits(i, e, on) {
    const scale = scrubberMath.temperature(e, on);
    return scrubberMath.data().logits[e][i].map((z) => z / scale + 0);
  },

  /** @param {number[]} z @param {number} y @returns {number} −log softmax(z)_y, nats */
  nll(z, y) {
    const top = z.indexOf(Math.max(...z));
    let rest = 0;
    z.forEach((v, k) => {
      if (k !== top) rest += Math.exp(v - z[top]);
    });
    // Both terms are positive, so a tiny loss keeps its digits.
    return z[top] - z[y] + Math.log1p(rest);
  },

  /** @param {number} i @param {number} e @param {boolean} on @returns {number} nats */
  loss(i, e, on) {
    return scrubberMath.nll(scrubberMath.logits(i, e, on), scrubberMath.data().labels[i]);
  },

  /** @param {number} i @param {number} e @param {boolean} on @returns {number[]} log q, nats */
  logProbabilities(i, e, on) {
    const z = scrubberMath.logits(i, e, on);
    return z.map((_, k) => -scrubberMath.nll(z, k));
  },

  /** Three decimals, or three significant digits; the logits have four decimals, so no loss is 0. @param {number} loss nats @returns {string} "0.183 nats", "6.21 × 10⁻⁵ nats" */
  lossText: (loss) =>
    `${loss < 0.001 ? kit.fromLog(Math.log(loss), 2) : kit.fixed(loss, 3)}\u00a0nats`,

  /** The same, abbreviated. @param {number} loss @returns {string} */
  lossHeard: (loss) => (loss < 0.005 ? "less than 0.01\u00a0nats" : kit.unit(loss, 2, "nats")),

  /** Never shown as exactly 0 or 1. @param {number} log of the probability @returns {string} "0.1839",
   * "5.30 × 10⁻⁵", "> 0.9999" */
  chanceText(log) {
    const text = kit.fromLog(log, 4);
    return text === "1.0000" ? ">\u00a00.9999" : text;
  },

  /** What the network expects to pay: the entropy of its ten shares. @param {number} i
   * @param {number} e @param {boolean} on @returns {number} nats */
  expects: (i, e, on) =>
    scrubberMath.logProbabilities(i, e, on).reduce((sum, log) => sum - Math.exp(log) * log, 0),

  /** Whether the set costs more than the network expects. @param {number} e @param {boolean} on */
  tooSure(e, on) {
    const { expects, loss } = scrubberMath.data();
    return loss[+on][e] > expects[+on][e];
  },

  /** The images that the reader reads: those that cost most at the end. @param {number} k */
  toRead: (k) => 10 + k,

  /** How many of the digits agree with the labels of the images to read. @param {number[]} digits */
  agree: (digits) =>
    digits.filter((v, k) => v === scrubberMath.data().labels[scrubberMath.toRead(k)]).length,

  /** The kept epoch that an arrow key leads to. @param {number} e @param {number} way 1 or -1 */
  beside: (e, way) => kit.clamp(e + way, 0, scrubberMath.data().epochs.length - 1),

  /** The predicted class, the same at every temperature. @param {number} i @param {number} e
   * @returns {number} */
  read(i, e) {
    const z = scrubberMath.data().logits[e][i];
    return z.indexOf(Math.max(...z));
  },

  /** @param {number} i @param {number} e @param {boolean} on @returns {number} rank by loss, 1 the largest */
  rank: (i, e, on) => scrubberMath.data().rank[on ? 1 : 0][e][i],

  /** @param {number} n an integer below a million @returns {string} "2 000" */
  grouped(n) {
    if (n < 1000) return String(n);
    return `${Math.floor(n / 1000)}\u00a0${String(n % 1000).padStart(3, "0")}`;
  },

  /** @param {number} loss nats @returns {string} the probability exp(−loss) in words */
  chance(loss) {
    const n = Math.exp(loss);
    if (n < 1.0005) return "more than 99.9\u00a0%";
    if (n < 100) return `${kit.fixed(100 / n, 1)}\u00a0%`;
    if (n < 9995) return `one chance in ${scrubberMath.grouped(Math.round(n / 10) * 10)}`;
    if (n < 999500) return `one chance in ${kit.fixed(n / 1e3, 0)}\u00a0000`;
    return `one chance in ${kit.fixed(n / 1e6, n < 9.95e6 ? 1 : 0)} million`;
  },

  /**
   * A curve over the epochs, clipped where it enters or leaves the range.
   * @param {number[]} values @param {number} lo @param {number} hi
   * @returns {Array<[number, number]>}
   */
  inside(values, lo, hi) {
    const { epochs } = scrubberMath.data();
    /** @type {Array<[number, number]>} */ const points = [];
    values.forEach((v, e) => {
      const [u, from] = [values[e - 1], epochs[e - 1]];
      for (const edge of u < v ? [lo, hi] : [hi, lo]) {
        if (e > 0 && (u - edge) * (v - edge) < 0) {
          points.push([from + ((edge - u) / (v - u)) * (epochs[e] - from), edge]);
        }
      }
      if (v >= lo && v <= hi) points.push([epochs[e], v]);
    });
    return points;
  },

  /** @param {string} text base64 @returns {Uint8Array} */
  bytes: (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
};

/** @param {Ui<ScrubberState>} ui @returns {Child[]} */
function scrubberView(ui) {
  const { el, fixed } = kit;
  const math = scrubberMath;
  const data = math.data();
  const last = data.epochs.length - 1;
  const MOST = 20; // nats, the height of the bars in the gallery
  const percent = (/** @type {number} */ x) => `${fixed(100 * x, 2)}\u00a0%`;
  const many = math.grouped;
  /** @type {number | undefined} */ let played; // the index that Play has come to
  const now = (/** @type {ScrubberState} */ s) => ({
    i: kit.clamp(Math.round(s.image), 0, data.labels.length - 1),
    e: played ?? math.place(s.epoch),
    on: s.temperature,
  });

  // ---- all test images: two plots above one slider ---------------------------------------------

  const entry = (
    /** @type {string} */ cls, /** @type {string} */ name, /** @type {string} */ value,
  ) => el(
    "span", { class: `entry ${cls}` },
    el("span", { class: "key", "aria-hidden": "true" }), `${name} `, el("b", {}, value), " ",
  );
  const sides = { right: 14, left: 50 };
  const most = data.epochs[last];
  const width = /** @type {[number, number]} */ ([0, most]);
  const nats = (/** @type {number} */ x) => kit.unit(x, 4, "nats");
  const moved = (/** @type {number} */ x) => ({ epoch: data.epochs[math.place(kit.clamp(x, 0, most))] });

  const rightText = ui.text((s) => [
    entry("record", "accuracy", percent(data.accuracy[now(s).e])),
  ], { class: "legend" });
  const rightPlot = ui.plot({
    label: (s) => {
      const { e } = now(s);
      return `Share of right answers among ${data.size} test images at each epoch. After `
        + `${data.epochs[e]} epochs ${percent(data.accuracy[e])} are right.`;
    },
    height: 84,
    margin: { ...sides, top: 8, bottom: 10 },
    drag: moved,
    draw: (p, s) => {
      const { e } = now(s);
      const lo = 0.8;
      p.scale(width, [lo, 1]);
      p.yAxis({ ticks: [0.8, 0.9, 1], text: (v) => `${fixed(100 * v, 0)}\u00a0%`, label: "" });
      p.line(math.inside(data.accuracy, lo, 1), "record");
      p.line([[data.epochs[e], lo], [data.epochs[e], 1]], "muted thin");
      if (data.accuracy[e] >= lo) p.dot(data.epochs[e], data.accuracy[e], "record", 6);
      else p.write(2, lo, "epoch 0: far below", "muted", { anchor: "start", dx: 6, dy: -7 });
    },
  });

  const both = /** @type {Array<["expects" | "loss", string, string]>} */ ([
    ["expects", "expects", "model thick"], ["loss", "gets", "loss"],
  ]);
  const lossText = ui.text((s) => {
    const { e, on } = now(s);
    return both.map(([key, name, cls]) => entry(cls, name, nats(data[key][+on][e])));
  }, { class: "legend" });
  const lossPlot = ui.plot({
    label: (s) => {
      const { e, on } = now(s);
      return `What the network expects to pay for a test image and what it gets, on average, at each `
        + `epoch${on ? ", with the temperature" : ""}. After ${data.epochs[e]} epochs it expects `
        + `${nats(data.expects[+on][e])} and gets ${nats(data.loss[+on][e])}.`;
    },
    height: 200,
    margin: { ...sides, top: 8, bottom: 42 },
    drag: moved,
    draw: (p, s) => {
      const { e, on } = now(s);
      const hi = 0.65;
      p.scale(width, [0, hi]);
      p.yAxis({ ticks: [0, 0.2, 0.4, 0.6], text: (v) => fixed(v, 1), label: "" });
      p.xAxis({ ticks: [0, 10, 20, 30, 40, 50, 60], label: "" });
      for (const [key, , cls] of both) {
        if (on) p.line(math.inside(data[key][0], 0, hi), `${cls} faint`);
        p.line(math.inside(data[key][+on], 0, hi), cls);
      }
      p.line([[data.epochs[e], 0], [data.epochs[e], hi]], "muted thin");
      for (const [key, , cls] of both) {
        if (data[key][+on][e] <= hi) p.dot(data.epochs[e], data[key][+on][e], cls, 5);
      }
      if (data.loss[+on][e] > hi) {
        p.write(2, hi, "epoch 0: far above", "muted", { anchor: "start", dx: 6, dy: 14 });
      }
    },
  });
  const slider = ui.slider({
    label: "epoch",
    min: 0,
    max: most,
    step: 1,
    value: (s) => data.epochs[now(s).e],
    change: moved,
    text: String,
    class: "under",
  });
  // The kept epochs are further and further apart, so an arrow key goes to the next of them.
  slider.addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (way === undefined) return;
    event.preventDefault();
    ui.set({ epoch: data.epochs[math.beside(now(ui.state()).e, way)] });
  });
  slider.style.setProperty("--left", `${sides.left}px`);
  slider.style.setProperty("--right", `${sides.right}px`);
  let stop = () => {};
  const play = ui.button({
    text: "Play",
    pressed: () => played !== undefined,
    press: (s) => {
      if (played !== undefined) {
        const at = data.epochs[played];
        stop();
        return { epoch: at };
      }
      const from = math.place(s.epoch) === last ? 0 : data.epochs[math.place(s.epoch)];
      ui.set({ epoch: most });
      stop = ui.animate(150 * (most - from), (share) => {
        played = share < 1 ? math.place(from + (most - from) * share) : undefined;
      }, true);
    },
  });
  const heat = el(
    "div",
    { class: "heat" },
    ui.toggle({
      label: "divide logits by a temperature\u00a0T",
      value: (s) => s.temperature,
      change: (on) => ({ temperature: on }),
    }),
    ui.text((s) => {
      const { e, on } = now(s);
      const scale = math.temperature(e, true);
      if (!on) return "Off: T = 1";
      return `T ${kit.equals(scale, 2)}, fitted on ${many(data.held_out)} other images`;
    }, { class: "note" }),
  );
  const set = () => el(
    "section",
    { class: "set", "aria-label": "All test images" },
    el("p", { class: "head" }, `All ${many(data.size)} test images`),
    rightText, rightPlot, lossText, lossPlot, slider, el("div", { class: "row" }, play), heat,
  );

  // ---- thirty of them, each with a bar for its loss ------------------------------------------------

  const bytes = math.bytes(data.images);
  const area = bytes.length / data.labels.length;
  const side = Math.sqrt(area);
  const paint = (/** @type {HTMLCanvasElement} */ canvas, /** @type {number} */ i) => {
    const pixels = new ImageData(side, side);
    for (let k = 0; k < area; k++) pixels.data[4 * k + 3] = bytes[i * area + k];
    canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  };
  const picture = (/** @type {string} */ cls) =>
    el("canvas", { class: cls, width: side, height: side, role: "img" });

  // ---- first the reader reads ten of them ------------------------------------------------------

  const ask = () => {
    const shown = picture("big");
    ui.bind(({ digits: { length: k } }) => {
      paint(shown, math.toRead(Math.min(k, 9)));
      shown.setAttribute("aria-label", `handwritten digit ${Math.min(k, 9) + 1} of 10`);
    });
    const keys = Array.from({ length: 10 }, (_, k) => ui.button({
      text: String(k),
      press: ({ digits }) => ({ digits: [...digits, k], open: digits.length >= 9 }),
    }));
    return [
      el("div", { class: "who" }, shown, el(
        "div", {},
        ui.text(({ digits }) => `Digit ${Math.min(digits.length, 9) + 1} of 10. Which is it?`),
        el("div", { class: "row keys", role: "group", "aria-label": "I read" }, ...keys),
        ui.text(({ digits }) => `You read: ${digits.join(" ") || "–"}`, { class: "note" }),
      )),
      el(
        "div", { class: "row" },
        ui.button({
          text: "Undo",
          press: ({ digits }) => ({ digits: digits.slice(0, -1) }),
          off: ({ digits }) => digits.length === 0,
        }),
        ui.button({ text: "Skip", label: "Skip the reading", press: () => ({ open: true }) }),
      ),
    ];
  };

  const cell = (/** @type {number} */ i) => {
    const input = el("input", {
      type: "radio",
      name: "image",
      value: i,
      onchange: () => ui.set({ image: i }),
    });
    const bar = el("span", { class: "bar" });
    const ghost = el("span", { class: "ghost" });
    const thumb = picture("thumb");
    const read = el("span", { class: "read", "aria-hidden": "true" });
    const told = el("span", { class: "unseen" });
    const own = el("span", { class: "own note", "aria-hidden": "true" });
    paint(thumb, i);
    ui.bind((s) => {
      const { e, on } = now(s);
      const [loss, plain, digit] = [math.loss(i, e, on), math.loss(i, e, false), math.read(i, e)];
      const right = digit === data.labels[i];
      const mine = s.digits[i - math.toRead(0)];
      input.checked = now(s).i === i;
      bar.style.height = `${(100 * loss) / MOST}%`;
      ghost.style.bottom = `${(100 * plain) / MOST}%`;
      ghost.hidden = !on || Math.abs(plain - loss) < 0.2;
      thumb.setAttribute("aria-label", `a ${data.labels[i]}, read as ${digit}`);
      read.textContent = right ? `${digit}` : `${digit}\u2009✗`;
      read.className = `read t ${right ? "muted" : "danger wrong"}`;
      told.textContent = `${right ? "" : ", wrong"}, ${math.lossHeard(loss)}`
        + (mine === undefined ? "" : `, you read ${mine}`);
      own.textContent = mine === undefined ? "" : String(mine);
      own.hidden = mine === undefined;
    });
    return el(
      "label",
      { class: "cell" },
      input,
      el("span", { class: "well", "aria-hidden": "true" }, bar, ghost),
      thumb, read, own, told,
    );
  };
  const row = (/** @type {number} */ from, /** @type {string} */ text) => [
    el("p", { class: "note" }, text),
    el("div", { class: "ten" }, ...Array.from({ length: 10 }, (_, k) => cell(from + k))),
  ];
  const gallery = () => el(
    "fieldset",
    { class: "gallery" },
    el("legend", { class: "head" }, "Thirty of them: pick one"),
    el("p", { class: "note" }, `The bars are losses, from 0 to ${MOST}\u00a0nats. Below: what the `
      + "network reads."),
    ...row(0, "One of each digit"),
    ...row(10, "The ten most expensive after 60 epochs; under them, what you read"),
    ...row(20, "Five other errors, and five right but unsure"),
  );

  const score = ui.text((s) => {
    const n = s.digits.length;
    const ten = Array.from({ length: 10 }, (_, k) => math.toRead(k));
    const network = ten.filter((i) => math.read(i, now(s).e) === data.labels[i]).length;
    return (n ? `You read ${math.agree(s.digits)} of ${n} as their labels say; ` : "Of the ten digits ")
      + `the network, at epoch ${data.epochs[now(s).e]}, ${n ? "" : "reads "}${network} of 10.`;
  }, { class: "score" });

  // ---- one of them -------------------------------------------------------------------------------

  const big = picture("big");
  ui.bind((s) => {
    const { i, e } = now(s);
    paint(big, i);
    big.setAttribute("aria-label", `a handwritten ${data.labels[i]}, read as ${math.read(i, e)}`);
  });
  const facts = ui.text((s) => {
    const { i, e, on } = now(s);
    const [label, read, rank] = [data.labels[i], math.read(i, e), math.rank(i, e, on)];
    const line = (/** @type {Child[]} */ ...parts) => el("span", { class: "fact" }, ...parts);
    return [
      line("label ", el("b", { class: "t record" }, label)),
      line("read as ", el("b", { class: "t model" }, read),
        label !== read && el("b", { class: "t danger" }, " ✗ wrong")),
      line("expects ", el("b", { class: "t model" }, math.lossText(math.expects(i, e, on)))),
      line("gets ", el("b", {}, math.lossText(math.loss(i, e, on)))),
      line(math.temperature(e, on) === Infinity
        ? "all images cost the same"
        : `rank ${many(rank)} of ${many(data.size)}, most expensive first`),
    ];
  }, { class: "facts" });
  const rows = Array.from({ length: 10 }, (_, k) => {
    const head = el("th", { scope: "row" }, k);
    const z = el("td", { class: "number" });
    const zBar = el("span", { class: "z bar" });
    const q = el("td", { class: "number q" });
    const qBar = el("span", { class: "bar model" });
    const tr = el(
      "tr", {}, head,
      z, el("td", { class: "wide", "aria-hidden": "true" }, el("span", { class: "track middle" }, zBar)),
      el("td", { class: "grow", "aria-hidden": "true" }, el("span", { class: "track" }, qBar)), q,
    );
    return {
      tr,
      /** @param {number} logit @param {number} reach @param {number} log @param {boolean} label
       * @param {boolean} read */
      show(logit, reach, log, label, read) {
        tr.className = label ? "label" : "";
        head.textContent = `${k}${label ? " label" : read ? " read" : ""}`;
        z.textContent = fixed(logit, 2);
        zBar.style.left = `${50 + Math.min(0, (50 * logit) / reach)}%`;
        zBar.style.width = `${(50 * Math.abs(logit)) / reach}%`;
        qBar.style.width = `${100 * Math.exp(log)}%`;
        q.textContent = scrubberMath.chanceText(log);
      },
    };
  });
  const zHead = el("th", { scope: "col", class: "number" });
  ui.bind((s) => {
    const { i, e, on } = now(s);
    const logits = math.logits(i, e, on);
    const logs = math.logProbabilities(i, e, on);
    const read = math.read(i, e);
    zHead.textContent = on ? "logit / T" : "logit";
    // One scale for all epochs of an image, so that its logits visibly grow.
    const reach = Math.max(...data.logits.flatMap((all) => all[i].map(Math.abs)));
    rows.forEach(({ show }, k) => {
      show(logits[k], reach, logs[k], k === data.labels[i], k === read);
    });
  });
  const one = () => el(
    "section",
    { class: "one", "aria-label": "The image that is picked" },
    el("p", { class: "head" }, "The one you picked"),
    el("div", { class: "who" }, big, facts),
    el(
      "table", {},
      ...["class", "logit", "wide", "grow", "q"].map((cls) => el("col", { class: cls })),
      el("thead", {}, el(
        "tr", {}, el("th", { scope: "col" }, "class"), zHead, el("td", { class: "wide" }),
        el("th", { scope: "col", colspan: 2, class: "number q" }, "probability q"),
      )),
      el("tbody", {}, ...rows.map(({ tr }) => tr)),
    ),
  );

  return [
    ui.when((s) => !s.open, ask),
    ui.when((s) => s.open, () => [
      score, el("div", { class: "box" }, el("div", { class: "parts" }, set(), gallery(), one())),
    ]),
  ];
}

kit.mount(
  /** @type {Definition<ScrubberState>} */ ({
    name: "scrubber",
    title: "What the network expects, and what it gets",
    hint: "Read ten digits before the network does. Then drag the epoch, or let it play, and watch what the "
      + "network expects to pay and what it gets.",
    task: "In this stored run: once trained, at which of the kept epochs is it first too sure?",
    moves: true,
    open: (s) => s.open,
    presets: [
      { text: "untrained", state: { epoch: 0, temperature: false, open: true } },
      { text: "1 epoch", state: { epoch: 1, temperature: false, open: true } },
      { text: "20 epochs", state: { epoch: 20, temperature: false, open: true } },
      { text: "60 epochs", state: { epoch: 60, temperature: false, open: true } },
      { text: "60, at T", label: "60, at T: the temperature is on", state: { epoch: 60, temperature: true, open: true } },
    ],
    say: (s) => {
      const math = scrubberMath;
      const data = math.data();
      if (!s.open) {
        const n = s.digits.length;
        return n === 0
          ? "These ten cost the network most after 60 epochs. What do you read?"
          : `You read ${s.digits[n - 1]}. ${10 - n} to go.`;
      }
      const i = kit.clamp(Math.round(s.image), 0, data.labels.length - 1);
      const e = math.place(s.epoch);
      const on = s.temperature;
      const nats = (/** @type {number} */ x) => kit.unit(x, 4, "nats");
      const when = e === 0 ? "Before training" : `After ${data.epochs[e]} epoch${e === 1 ? "" : "s"}`;
      if (e === 0 && on) {
        return `${when} the logits say nothing, so the best temperature is infinite: every digit `
          + `gets 10.0\u00a0%, and every image costs log\u00a010\u00a0≈\u00a02.3026\u00a0nats.`;
      }
      const image = `${when} this ${data.labels[i]} is read as ${math.read(i, e)}`
        + `${on ? ", as at T\u00a0=\u00a01" : ""}: its label gets ${math.chance(math.loss(i, e, on))}.`;
      const set = `${image} On all ${math.grouped(data.size)} the network expects ${nats(data.expects[+on][e])} `
        + `and gets ${nats(data.loss[+on][e])}`;
      if (e === 0) return `${set}: it knows nothing yet.`;
      const verdict = math.tooSure(e, on) ? "too sure" : "too modest";
      return `${set}: it is ${verdict}${on ? ", and no answer has changed" : ""}.`;
    },
    view: scrubberView,
  }),
);
