// @ts-check
// Chapter 1, the dial: the balls are known, the dial setting is not.

/**
 * @typedef {object} DialState
 * @property {string} balls
 * @property {number} theta
 * @property {number[]} tries the settings that the reader has locked
 * @property {boolean} open whether the reader has asked to see the curve
 */

/** The mathematics, without drawing. A black ball has probability `theta`. */
const dialMath = {
  /** More balls than this are shown as counts instead of one by one. */
  most: 12,

  /** Whether the curve may be seen: the tries are used up, or the reader has asked for it.
   * @param {DialState} state */
  open: ({ tries, open }) => open || tries.length >= kit.limits("tries").most,

  /** The share of the best likelihood that the task asks for. */
  enough: 0.99,

  /** @param {string} balls "wbwbb", or "b300w200" for counts @returns {[number, number]} black, white */
  counts(balls) {
    const counted = /^b(\d+)w(\d+)$/.exec(balls);
    if (counted) return [Number(counted[1]), Number(counted[2])];
    const black = balls.split("b").length - 1;
    return [black, balls.length - black];
  },

  /** @param {string} balls */
  isCounted(balls) {
    return balls.startsWith("b") && balls.includes("w") && /\d/.test(balls);
  },

  /** @param {string} balls @param {number} theta @returns {number[]} one factor for each ball */
  factors(balls, theta) {
    return [...balls].map((ball) => (ball === "b" ? theta : 1 - theta));
  },

  /**
   * In nats. A colour that never occurred costs nothing; an impossible one that did, infinity.
   * @param {number} black @param {number} white @param {number} theta @returns {number}
   */
  logLikelihood(black, white, theta) {
    return (black && black * Math.log(theta)) + (white && white * Math.log1p(-theta));
  },

  /** @param {number} black @param {number} white @param {number} theta @returns {number} */
  likelihood(black, white, theta) {
    return theta ** black * (1 - theta) ** white;
  },

  /** The setting as shown: two decimals, or more if a link has more.
   * @param {number} theta @returns {string} "0.60", "0.123456" */
  written(theta) {
    const [whole, decimals = ""] = theta.toFixed(6).replace(/0+$/, "").split(".");
    return `${whole}.${decimals.padEnd(2, "0")}`;
  },

  /**
   * The likelihood as shown, and whether that is exact or rounded. Computed with integers, because
   * floats would make an exact 0.02048 look rounded.
   * @param {number} black @param {number} white @param {number} theta
   * @returns {{text: string, exact: boolean}}
   */
  shown(black, white, theta) {
    const text = kit.fromLog(dialMath.logLikelihood(black, white, theta));
    // θ = m / 10^places, so L = m^black (10^places − m)^white / 10^(places · N).
    const places = dialMath.written(theta).split(".")[1].length;
    const one = 10n ** BigInt(places);
    const m = BigInt(Math.round(theta * 10 ** places));
    const power = places * (black + white);
    const value = m ** BigInt(black) * (one - m) ** BigInt(white);
    // The number shown is digits · 10^−shift.
    const [mantissa, exponent = "⁰"] = text.split("\u00a0×\u00a010");
    const tens = [...exponent].map((c) => (c === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c))).join("");
    const shift = (mantissa.split(".")[1] ?? "").length - Number(tens);
    const digits = BigInt(mantissa.replace(".", ""));
    const same = shift <= power
      ? digits * 10n ** BigInt(power - shift) === value
      : digits === value * 10n ** BigInt(shift - power);
    // A link may have more decimals than are shown.
    return { text, exact: same && Number(dialMath.written(theta)) === theta };
  },

  /** The share of the peak in percent, rounded to 100 or 0 only if it is exactly that.
   * @param {number} share @param {number} decimals @returns {string} */
  percent(share, decimals) {
    const text = kit.fixed(100 * share, decimals);
    const least = 10 ** -decimals;
    if (share < 1 && Number(text) === 100) return `>\u00a0${kit.fixed(100 - least, decimals)}\u00a0%`;
    if (share > 0 && Number(text) === 0) return `<\u00a0${kit.fixed(least, decimals)}\u00a0%`;
    return `${text}\u00a0%`;
  },

  /** @param {number} black @param {number} white @returns {number | null} k/N; null without balls */
  peak(black, white) {
    return black + white === 0 ? null : black / (black + white);
  },

  /** The likelihood as a share of its peak. @param {number} black @param {number} white
   * @param {number} theta @returns {number} in [0, 1] */
  relative(black, white, theta) {
    const top = dialMath.logLikelihood(black, white, dialMath.peak(black, white) ?? theta);
    return Math.exp(dialMath.logLikelihood(black, white, theta) - top);
  },

  /** @param {string} balls @param {number} i @returns {string} with ball `i` in the other colour */
  flip(balls, i) {
    return balls.slice(0, i) + (balls[i] === "b" ? "w" : "b") + balls.slice(i + 1);
  },

  /** @param {string} balls @param {"b" | "w"} ball @returns {string} */
  add(balls, ball) {
    if (!dialMath.isCounted(balls) && balls.length < dialMath.most) return balls + ball;
    const [black, white] = dialMath.counts(balls);
    return `b${black + (ball === "b" ? 1 : 0)}w${white + (ball === "w" ? 1 : 0)}`;
  },

  /** @param {string} balls @returns {string} every ball ten times, counted */
  tenfold(balls) {
    const [black, white] = dialMath.counts(balls);
    return `b${10 * black}w${10 * white}`;
  },

  /** @param {string} balls @returns {boolean} whether these are some balls ten times */
  isTenfold(balls) {
    const counts = dialMath.counts(balls);
    return dialMath.isCounted(balls) && counts.some((n) => n > 0) && counts.every((n) => n % 10 === 0);
  },

  /** Undo `tenfold`. @param {string} balls @param {string} listed the balls that were last shown one
   * by one, for their order @returns {string} */
  tenth(balls, listed) {
    const [black, white] = dialMath.counts(balls).map((n) => n / 10);
    const before = dialMath.counts(listed);
    if (before[0] === black && before[1] === white) return listed;
    if (black + white > dialMath.most) return `b${black}w${white}`;
    return "w".repeat(white) + "b".repeat(black);
  },

  /** What the last try found, without a word of the best. @param {string} balls
   * @param {number[]} tries @returns {string} */
  sayTry(balls, tries) {
    const most = kit.limits("tries").most;
    if (!tries.length) return "No guess is locked yet. The height of each will be marked above the dial.";
    const [k, w] = dialMath.counts(balls);
    const log = (/** @type {number} */ v) => dialMath.logLikelihood(k, w, v);
    const last = tries[tries.length - 1];
    const { text, exact } = dialMath.shown(k, w, last);
    const found = `Try ${tries.length} of ${most}: at θ\u00a0=\u00a0${dialMath.written(last)} the likelihood `
      + `is ${exact ? "" : "about "}${text}`;
    const before = tries.slice(0, -1);
    if (!before.length) return `${found}. Is there a better setting?`;
    const best = before.reduce((a, b) => (log(b) > log(a) ? b : a));
    if (log(last) > log(best)) return `${found}, your best so far.`;
    const than = log(last) < log(best) ? "less than" : "as much as";
    return `${found}, ${than} at ${dialMath.written(best)}.`;
  },

  /** @param {number} black @param {number} white @param {number} steps
   * @returns {Array<[number, number]>} settings and their share of the peak, the peak included */
  curve(black, white, steps) {
    const settings = Array.from({ length: steps + 1 }, (_, i) => i / steps);
    const top = dialMath.peak(black, white);
    if (top !== null) settings.push(top);
    settings.sort((a, b) => a - b);
    return settings.map((theta) => [theta, dialMath.relative(black, white, theta)]);
  },
};

/** @param {Ui<DialState>} ui @returns {Child[]} */
function dialView(ui) {
  const { el, svg, fixed } = kit;
  const MOST_COUNTED = 500;
  const shownTheta = dialMath.written;
  const { open } = dialMath;
  const set = (/** @type {number} */ theta) => ({ theta: kit.clamp(kit.snap(theta, 0.01), 0, 1) });
  /** Other balls end the guessing: the tries were meant for the old ones.
   * @param {string} balls @returns {Partial<DialState>} */
  const other = (balls) => ({ balls, tries: [], open: true });
  /** The share of the curve, and of the way of the last dot, that is drawn. */
  let [drawn, risen] = [1, 1];

  // The machine: a semicircle with a share θ of it orange, the rest purple.
  const at = (/** @type {number} */ theta, /** @type {number} */ r) => {
    const angle = Math.PI * (1 - theta);
    return `${kit.px(100 + r * Math.cos(angle))} ${kit.px(96 - r * Math.sin(angle))}`;
  };
  const black = svg("path", { class: "ring model" });
  const white = svg("path", { class: "ring second" });
  const needle = svg("path", { class: "needle" });
  const reading = svg("text", { x: 100, y: 122, class: "reading" });
  const knob = svg("svg", { class: "knob", viewBox: "0 0 200 130", "aria-hidden": "true" });
  knob.append(black, white);
  for (let i = 0; i <= 10; i++) {
    const length = i % 5 ? 64 : 60;
    knob.append(svg("path", { class: "axis", d: `M${at(i / 10, length)}L${at(i / 10, 68)}` }));
  }
  for (const [theta, text] of /** @type {Array<[number, string]>} */ ([[0, "0"], [1, "1"]])) {
    const [x] = at(theta, 80).split(" ");
    knob.append(svg("text", { x, y: 114, "text-anchor": "middle" }, text));
  }
  knob.append(needle, svg("circle", { class: "hub", cx: 100, cy: 96, r: 7 }), reading);
  kit.drag(knob, knob, (x, y) => {
    // Below the axle, use the nearer end.
    const angle = y > 96 ? (x < 100 ? Math.PI : 0) : Math.atan2(96 - y, x - 100);
    ui.set(set(1 - angle / Math.PI));
  });
  ui.bind(({ theta }) => {
    black.setAttribute("d", theta > 0 ? `M${at(0, 80)}A80 80 0 0 1 ${at(theta, 80)}` : "");
    white.setAttribute("d", theta < 1 ? `M${at(theta, 80)}A80 80 0 0 1 ${at(1, 80)}` : "");
    needle.setAttribute("d", `M100 96L${at(theta, 66)}`);
    reading.textContent = `θ = ${shownTheta(theta)}`;
  });

  // The balls, each with its factor below; to be flipped only when the guessing is over. They are
  // recreated only when their number changes, so that a flipped ball keeps the focus.
  const list = el("ol", { class: "balls", "aria-label": "The balls, each with its factor" });
  /** @type {Array<(s: DialState) => void>} */
  let items = [];
  let flips = false;
  const item = (/** @type {number} */ i) => {
    const ball = flips
      ? el("button", {
        type: "button",
        onclick: () => ui.set(other(dialMath.flip(ui.state().balls, i))),
      })
      : el("span", { role: "img" });
    const bar = el("span", { class: "bar" });
    const factor = el("span", { class: "factor" });
    list.append(el("li", {}, ball, el("span", { class: "well", "aria-hidden": "true" }, bar), factor));
    return (/** @type {DialState} */ { balls, theta }) => {
      const isBlack = balls[i] === "b";
      const value = isBlack ? theta : 1 - theta;
      ball.className = `ball ${isBlack ? "black" : "white"}`;
      const name = `Ball ${i + 1}: ${isBlack ? "black" : "white"}`;
      ball.setAttribute("aria-label", flips ? `${name}. Flip it` : name);
      bar.className = `bar ${isBlack ? "model" : "second"}`;
      bar.style.height = `${value * 100}%`;
      factor.className = `factor ${isBlack ? "model" : "second"}`;
      factor.textContent = fixed(value, 2);
    };
  };
  const slider = (/** @type {0 | 1} */ which) =>
    ui.slider({
      label: which === 0 ? "black balls" : "white balls",
      min: 0,
      max: MOST_COUNTED,
      step: 1,
      value: (s) => dialMath.counts(s.balls)[which],
      text: (v) => fixed(v, 0),
      change: (v, s) => {
        const now = dialMath.counts(s.balls);
        now[which] = v;
        return other(`b${now[0]}w${now[1]}`);
      },
    });
  const many = (/** @type {DialState} */ s) => dialMath.isCounted(s.balls);
  const counted = ui.when((s) => open(s) && many(s), () => [
    el("div", { class: "counted" }, slider(0), slider(1)),
  ]);
  const told = ui.when((s) => !open(s) && many(s), () => [
    ui.text((s) => {
      const [k, w] = dialMath.counts(s.balls);
      return `${k} black and ${w} white balls`;
    }),
  ]);
  /** The balls last shown one by one. */
  let listed = ui.state().balls;
  ui.bind((s) => {
    list.hidden = many(s);
    const wanted = many(s) ? 0 : s.balls.length;
    if (!many(s)) listed = s.balls;
    if (items.length !== wanted || flips !== open(s)) {
      flips = open(s);
      list.replaceChildren();
      items = Array.from({ length: wanted }, (_, i) => item(i));
    }
    items.forEach((update) => update(s));
  });

  const product = () => ui.text(
    ({ balls, theta }) => {
      const [k, w] = dialMath.counts(balls);
      const { text: value, exact } = dialMath.shown(k, w, theta);
      const sign = exact ? " = " : " ≈ ";
      if (k + w === 0) return ["L(θ) = ", el("b", {}, "1"), ", the product of no factors"];
      const part = (/** @type {string} */ cls, /** @type {number} */ v, /** @type {number} */ n) =>
        n > 0 && el("span", { class: `factor ${cls}` }, shownTheta(v), n > 1 && el("sup", {}, n));
      return [
        "L(θ) = ",
        part("model", theta, k),
        k > 0 && w > 0 && " × ",
        part("second", 1 - theta, w),
        sign,
        el("b", {}, value),
      ];
    },
    { class: "product" },
  );

  const full = (/** @type {DialState} */ s, /** @type {number} */ more) =>
    dialMath.counts(s.balls).some((n) => n + more > MOST_COUNTED);
  const buttons = () => el(
    "div",
    { class: "row", role: "group", "aria-label": "Change the balls" },
    ui.button({
      text: "+ ●",
      label: "+ ● add a black ball",
      press: (s) => other(dialMath.add(s.balls, "b")),
      off: (s) => full(s, 1),
    }),
    ui.button({
      text: "+ ○",
      label: "+ ○ add a white ball",
      press: (s) => other(dialMath.add(s.balls, "w")),
      off: (s) => full(s, 1),
    }),
    ui.button({
      text: "− last",
      label: "− last: take the last ball away",
      press: (s) => other(s.balls.slice(0, -1)),
      off: (s) => dialMath.isCounted(s.balls) || s.balls === "",
    }),
    ui.button({
      text: "× 10",
      label: "× 10 every ball ten times",
      press: (s) => other(dialMath.tenfold(s.balls)),
      off: (s) => s.balls === "" || dialMath.counts(s.balls).some((n) => 10 * n > MOST_COUNTED),
    }),
    ui.button({
      text: "÷ 10",
      label: "÷ 10 a tenth of the balls: the way back from × 10",
      press: (s) => other(dialMath.tenth(s.balls, listed)),
      off: (s) => !dialMath.isTenfold(s.balls),
    }),
  );

  const margin = { top: 44, right: 78, bottom: 42, left: 46 };
  const plot = ui.plot({
    label: (s) => {
      const [k, w] = dialMath.counts(s.balls);
      if (!open(s)) {
        const dots = s.tries.map((theta) => `${dialMath.shown(k, w, theta).text} at ${shownTheta(theta)}`);
        return "The likelihood over the dial setting, still without its curve. "
          + `${dots.length ? `Your tries are dots: ${dots.join(", ")}.` : "No try is marked yet."}`;
      }
      const top = dialMath.peak(k, w);
      if (top === null) return "The likelihood of every dial setting is 1: a flat line.";
      return `The likelihood over the dial setting: a hill with its top at ${fixed(top, 2)}. `
        + `At ${shownTheta(s.theta)} it has ${dialMath.percent(dialMath.relative(k, w, s.theta), 1)} `
        + "of that height.";
    },
    height: 268,
    margin,
    drag: (x) => set(x),
    draw: (p, s) => {
      const { theta } = s;
      const [k, w] = dialMath.counts(s.balls);
      const top = dialMath.peak(k, w);
      const logTop = top === null ? 0 : dialMath.logLikelihood(k, w, top);
      // Tiny likelihoods are drawn in units of a power of ten, because they may underflow.
      const tens = Math.floor(logTop / Math.LN10 + 1e-9);
      const exponent = tens < -3 ? tens : 0;
      const height = Math.exp(logTop - exponent * Math.LN10);
      const at = (/** @type {number} */ v) => height * dialMath.relative(k, w, v);
      const here = at(theta);
      // Before the answer, an axis that ends somewhere above it.
      const end = open(s) ? height : 1.4 * height;
      p.scale([0, 1], [0, end * 1.02]);
      const marks = kit.ticks(0, end, 4);
      const decimals = Math.max(...marks.map((t) => (String(t).split(".")[1] ?? "").length));
      p.yAxis({
        ticks: marks,
        text: (v) => (v === 0 ? "0" : fixed(v, decimals)),
        label: exponent ? `likelihood L(θ), in units of 10${kit.power(exponent)}` : "likelihood L(θ)",
      });
      p.xAxis({
        ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
        text: (v) => (v % 1 === 0 ? String(v) : fixed(v, 1)),
        label: "",
      });
      const dots = () => s.tries.forEach((v, i) => {
        const last = i === s.tries.length - 1;
        p.dot(v, at(v) * (last ? risen : 1), "model try", 6);
        if (!open(s)) p.write(v, at(v) * (last ? risen : 1), String(i + 1), "model strong", { dy: -11 });
      });
      if (!open(s)) {
        p.line([[theta, 0], [theta, end * 1.02]], "model thin");
        p.dot(theta, 0, "model knob", 9);
        dots();
        return;
      }
      const curve = dialMath.curve(k, w, Math.min(800, 2 * p.width)).map(
        /** @returns {[number, number]} */ ([x, y]) => [x, y * height],
      ).filter(([x]) => x <= drawn);
      p.area(curve, "record");
      p.line(curve, "record");
      dots();
      if (top !== null && top <= drawn) {
        p.line([[top, 0], [top, height]], "record thin");
        p.dot(top, height, "record", 5);
        const anchor = top < 0.2 ? "start" : top > 0.8 ? "end" : "middle";
        p.write(top, height, `peak at k/N = ${k}/${k + w}`, "record strong", { anchor, dy: -11 });
      }
      // The gauge on the right: this setting's share of the peak.
      const [x0] = p.back(p.width - margin.right + 12, 0);
      const [x1] = p.back(p.width - margin.right + 28, 0);
      p.rect(x0, 0, x1, height, "gauge");
      p.rect(x0, 0, x1, here, "bar model");
      p.line([[theta, 0], [theta, here]], "model thin");
      p.line([[theta, here], [x0, here]], "model thin");
      p.dot(theta, here, "model knob", 9);
      const percent = dialMath.percent(dialMath.relative(k, w, theta), 0);
      p.write(x1, here, percent, "model strong", {
        anchor: "start",
        dx: 4,
        dy: here > 0.9 * height ? 12 : here < 0.1 * height ? -2 : 4,
      });
    },
  });
  const turn = ui.slider({
    label: "dial setting θ",
    min: 0,
    max: 1,
    step: 0.01,
    value: (s) => s.theta,
    change: (v) => set(v),
    text: shownTheta,
    class: "under model",
  });
  turn.style.setProperty("--left", `${margin.left}px`);
  turn.style.setProperty("--right", `${margin.right}px`);

  const reveal = () => ui.animate(900, (share) => (drawn = share));
  const guess = () => [
    el(
      "div",
      { class: "row guess" },
      ui.button({
        text: "Lock my guess",
        press: (s) => {
          ui.set({ tries: [...s.tries, s.theta] });
          if (open(ui.state())) reveal();
          else ui.animate(400, (share) => (risen = share));
        },
      }),
      ui.button({
        text: "Show the curve",
        press: () => {
          ui.set({ open: true });
          reveal();
        },
        off: (s) => s.tries.length === 0,
      }),
      ui.text((s) => {
        const left = kit.limits("tries").most - s.tries.length;
        return left === 1 ? "one try left" : `${left} tries left`;
      }, { class: "left" }),
    ),
  ];
  // How the tries did, when the answer is known.
  const verdict = () => [
    ui.text((s) => {
      const [k, w] = dialMath.counts(s.balls);
      const share = (/** @type {number} */ v) => dialMath.relative(k, w, v);
      const good = s.tries.filter((v) => share(v) >= dialMath.enough).length;
      const each = s.tries.map((v) => `${shownTheta(v)}\u00a0(${dialMath.percent(share(v), 1)})`);
      return `Your ${each.length > 1 ? "tries" : "try"}, as shares of the best: ${each.join(", ")}. `
        + `${good || "None"} of ${each.length} reached 99\u00a0%.`;
    }, { class: "verdict" }),
  ];
  return [
    el(
      "div",
      { class: "machine" },
      knob,
      el("div", {}, list, counted, told, ui.when(open, () => [product(), buttons()])),
    ),
    plot,
    turn,
    ui.when((s) => !open(s), guess),
    ui.when((s) => open(s) && s.tries.length > 0, verdict),
  ];
}

kit.mount(
  /** @type {Definition<DialState>} */ ({
    name: "dial",
    title: "The same balls, another dial setting",
    hint: "Turn the dial to where you think that these balls are most probable, and lock your guess. "
      + "You have five tries; then flip a ball.",
    task: "Find a setting that reaches 99\u00a0% of the best. In which range do such settings lie?",
    moves: true,
    open: dialMath.open,
    presets: [
      { text: "the five balls", state: { balls: "wbwbb", theta: 0.6, tries: [], open: true } },
      { text: "●●●", label: "●●● three black balls", state: { balls: "bbb", theta: 1, tries: [], open: true } },
      { text: "300 of 500", label: "300 of 500 balls are black", state: { balls: "b300w200", theta: 0.6, tries: [], open: true } },
      { text: "no balls", state: { balls: "", theta: 0.6, tries: [], open: true } },
    ],
    say: (s) => {
      const { balls, theta, tries } = s;
      if (!dialMath.open(s)) return dialMath.sayTry(balls, tries);
      const [k, w] = dialMath.counts(balls);
      const top = dialMath.peak(k, w);
      const at = `At θ = ${dialMath.written(theta)}`;
      if (top === null) {
        return "No ball yet: every dial setting does equally well, and there is no estimate.";
      }
      const log = dialMath.logLikelihood(k, w, theta);
      if (log === -Infinity) {
        const colour = theta === 0 ? "black" : "white";
        return `${at} a ${colour} ball is impossible, and yet one came: the likelihood is 0 and `
          + "its logarithm −∞ nats.";
      }
      const share = dialMath.relative(k, w, theta);
      // No other logarithm here is a number with exactly three decimals.
      const nats = `log\u00a0L\u00a0${log === 0 ? "=" : "≈"}\u00a0${kit.unit(log, 3, "nats")}`;
      if (share > 1 - 1e-12) {
        return `${at} you stand on the peak, ${k}/${k + w}: no other setting makes these balls `
          + `more probable (${nats}).`;
      }
      if (Math.abs(theta - top) < 0.0051) {
        return `${at} you are as near to the peak, ${k}/${k + w}, as this dial goes (${nats}).`;
      }
      const percent = dialMath.percent(share, share > 0.995 ? 2 : 1);
      return share < 0.001
        ? `${at} these balls are not even a thousandth as probable as at the peak, `
          + `${k}/${k + w} (${nats}).`
        : `${at} these balls are ${percent} as probable as at the peak, ${k}/${k + w} (${nats}).`;
    },
    view: dialView,
  }),
);
