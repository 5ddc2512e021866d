// @ts-check
// Chapters 2 and 4, tug of war: every ball pulls, and a step follows the pulls, on the dial or on the
// log-odds of its setting.

/** @typedef {"dial" | "log-odds"} Scale on which the pulls are measured and the steps are taken */

/**
 * @typedef {object} TugState
 * @property {string} balls
 * @property {number[]} theta the settings after each step; the last is the current one
 * @property {number} rate learning rate
 * @property {Scale} scale
 * @property {number[]} flag where the reader expects the next step to land, on the scale; or nothing
 * @property {number[]} tried the settings from which a single step has been taken
 */

/** The mathematics, without drawing. A black ball has probability `theta`. A point of a scale is
 * called `x`: on the dial it is the setting itself. */
const tugMath = {
  /** The largest pull in the picture, and the ends of the drawn scale. */
  frame: { dial: 20, "log-odds": 3 },
  /** @type {Record<Scale, [number, number]>} */
  ends: { dial: [0, 1], "log-odds": [-5, 5] },

  /** @param {Scale} scale @param {number} theta @returns {number} x */
  place(scale, theta) {
    return scale === "dial" ? theta : Math.log(theta) - Math.log1p(-theta);
  },

  /** @param {Scale} scale @param {number} x @returns {number} theta */
  setting(scale, x) {
    return scale === "dial" ? x : 1 / (1 + Math.exp(-x));
  },

  /** How many settings of the dial are remembered. */
  memory: kit.limits("theta").most,

  /** @param {string} balls @returns {[number, number]} black, white */
  counts(balls) {
    const black = balls.split("b").length - 1;
    return [black, balls.length - black];
  },

  /** @param {number} theta @returns {boolean} whether this is a probability */
  inside(theta) {
    return theta >= 0 && theta <= 1;
  },

  /** The derivative of one ball's log-probability, in nats per unit of the scale.
   * @param {string} ball @param {number} theta @param {Scale} scale @returns {number} */
  pull(ball, theta, scale = "dial") {
    if (scale === "dial") return ball === "b" ? 1 / theta : -1 / (1 - theta);
    return ball === "b" ? 1 - theta : -theta;
  },

  /** The net pull. @param {string} balls @param {number} theta @param {Scale} scale
   * @returns {number} */
  net(balls, theta, scale = "dial") {
    const [black, white] = tugMath.counts(balls);
    return (black && black * tugMath.pull("b", theta, scale))
      + (white && white * tugMath.pull("w", theta, scale));
  },

  /** The mean NLL, nats per ball. @param {string} balls @param {number} theta
   * @returns {number} */
  loss(balls, theta) {
    const [black, white] = tugMath.counts(balls);
    const log = (black && black * Math.log(theta)) + (white && white * Math.log1p(-theta));
    return -log / balls.length;
  },

  /** The derivative of the mean NLL. @param {string} balls @param {number} theta
   * @param {Scale} scale @returns {number} */
  slope(balls, theta, scale = "dial") {
    return -tugMath.net(balls, theta, scale) / balls.length;
  },

  /** @param {string} balls @returns {number} k/N */
  balance(balls) {
    return tugMath.counts(balls)[0] / balls.length;
  },

  /** One step of gradient descent; on the dial it may leave [0, 1]. @param {string} balls
   * @param {number} theta @param {number} rate @param {Scale} scale @returns {number} theta */
  next(balls, theta, rate, scale = "dial") {
    const x = tugMath.place(scale, theta) - rate * tugMath.slope(balls, theta, scale);
    return tugMath.setting(scale, x);
  },

  /** Up to `steps` more steps, while the loss is defined and its slope is not 0. Settings are rounded
   * to millionths, as in a link. @param {TugState} state @param {number} steps @returns {number[]} */
  walk({ balls, theta, rate, scale }, steps) {
    const path = [...theta];
    for (let i = 0; i < steps; i++) {
      const here = path[path.length - 1];
      const there = tugMath.inside(here) ? tugMath.next(balls, here, rate, scale) : here;
      if (!Number.isFinite(there) || kit.snap(there, 1e-6) === here) break;
      path.push(kit.snap(there, 1e-6));
    }
    return path.slice(-tugMath.memory);
  },

  /** @typedef {{from: number, to: number, cut: boolean}} Arrow `cut`: it leaves the frame */
  /** The pulls head to tail, white to the left of 0 and black to the right, and the net pull, all
   * within the frame, which is the same for every setting.
   * @param {string} balls @param {number} theta @param {Scale} scale
   * @returns {{each: Arrow[], net: Arrow}} in nats per unit of the scale */
  arrows(balls, theta, scale = "dial") {
    const frame = tugMath.frame[scale];
    /** @returns {Arrow} */
    const arrow = (/** @type {number} */ from, /** @type {number} */ to) => ({
      from: kit.clamp(from, -frame, frame),
      to: kit.clamp(to, -frame, frame),
      cut: Math.abs(to) > frame * (1 + 1e-9),
    });
    const ends = { b: 0, w: 0 };
    const each = [...balls].map((ball) => {
      const team = ball === "b" ? "b" : "w";
      const from = ends[team];
      ends[team] += tugMath.pull(ball, theta, scale);
      return arrow(from, ends[team]);
    });
    return { each, net: arrow(0, tugMath.net(balls, theta, scale)) };
  },

  /** @param {TugState} state @returns {{left: number[], stayed: number[]}} the tried starts, from
   * which one step left the scale or stayed on it */
  found({ balls, rate, scale, tried }) {
    const sorted = [...new Set(tried)].sort((a, b) => a - b);
    const stays = (/** @type {number} */ v) => tugMath.inside(tugMath.next(balls, v, rate, scale));
    return { left: sorted.filter((v) => !stays(v)), stayed: sorted.filter(stays) };
  },

  /** The curve of the mean NLL over the scale, clipped exactly at the height `top`.
   * @param {string} balls @param {number} top @param {number} steps @param {Scale} scale
   * @returns {Array<[number, number]>} x and the loss */
  curve(balls, top, steps, scale = "dial") {
    const [lo, hi] = tugMath.ends[scale];
    const low = kit.clamp(tugMath.place(scale, tugMath.balance(balls)), lo, hi);
    const loss = (/** @type {number} */ x) => tugMath.loss(balls, tugMath.setting(scale, x));
    // Find where the curve reaches the height between its minimum and an end.
    const reach = (/** @type {number} */ end) => {
      if (loss(end) <= top) return end;
      let [near, far] = [low, end];
      for (let i = 0; i < 50; i++) {
        const middle = (near + far) / 2;
        if (loss(middle) <= top) near = middle;
        else far = middle;
      }
      return near;
    };
    const [a, b] = [reach(lo), reach(hi)];
    const all = Array.from({ length: steps + 1 }, (_, i) => a + ((b - a) * i) / steps);
    all.push(low);
    all.sort((x, y) => x - y);
    return all.map((x) => [x, loss(x)]);
  },

  /** @param {string} balls @param {number} i @returns {string} with ball `i` in the other colour */
  flip(balls, i) {
    return balls.slice(0, i) + (balls[i] === "b" ? "w" : "b") + balls.slice(i + 1);
  },

  /** @param {TugState} state @returns {number} the current setting */
  here(state) {
    return state.theta[state.theta.length - 1];
  },
};

/** A point of the scale in words: off the dial there is no setting.
 * @param {Scale} scale @param {number} x @returns {string} */
function tugPlace(scale, x) {
  if (scale === "dial" && x < 0) return "below 0";
  if (scale === "dial" && x > 1) return "above 1";
  return kit.fixed(x, 2);
}

/** @param {Ui<TugState>} ui @returns {Child[]} */
function tugView(ui) {
  const { el, fixed, equals } = kit;
  const { here, inside } = tugMath;
  const signed = (/** @type {number} */ v, decimals = 2) =>
    (Math.abs(v) < 0.5 * 10 ** -decimals ? "" : v > 0 ? "+" : "") + fixed(v, decimals);
  /** Three digits, so that a pull of 100 takes no more space than one of 1. */
  const short = (/** @type {number} */ v) =>
    signed(v, Math.abs(v) >= 99.95 ? 0 : Math.abs(v) >= 9.995 ? 1 : 2);
  /** Another start, from which nothing is predicted yet. @param {Scale} scale
   * @param {number} x @returns {Partial<TugState>} */
  const at = (scale, x) => {
    const [lo, hi] = tugMath.ends[scale];
    const near = kit.clamp(kit.snap(x, scale === "dial" ? 0.01 : 0.1), lo, hi);
    return { theta: [kit.snap(tugMath.setting(scale, near), 1e-6)], flag: [] };
  };
  /** Other circumstances, in which nothing is tried yet. @param {Partial<TugState>} patch
   * @returns {Partial<TugState>} */
  const anew = (patch) => ({ theta: [here(ui.state())], flag: [], tried: [], ...patch });
  /** The share of the last hop that is drawn. */
  let flown = 1;

  const scale = ui.choice({
    label: "The balls pull on",
    options: [{ value: "dial", text: "the dial θ" }, { value: "log-odds", text: "the log-odds of θ" }],
    value: (s) => s.scale,
    change: (value, s) => anew({
      scale: value === "dial" ? "dial" : "log-odds",
      theta: [s.theta.filter(inside).at(-1) ?? 0.5],
    }),
  });

  // The balls, each with its pull below.
  const list = el("ol", { class: "balls", "aria-label": "The balls, each with its pull" });
  /** @type {Array<(s: TugState) => void>} */
  let items = [];
  const item = (/** @type {number} */ i) => {
    const ball = el("button", {
      type: "button",
      class: "ball",
      onclick: () => {
        const s = ui.state();
        ui.set(anew({ balls: tugMath.flip(s.balls, i) }));
      },
    });
    const pull = el("span", { class: "pull" });
    list.append(el("li", {}, ball, pull));
    return (/** @type {TugState} */ s) => {
      const black = s.balls[i] === "b";
      ball.className = `ball ${black ? "black" : "white"}`;
      ball.setAttribute("aria-label", `Ball ${i + 1}: ${black ? "black" : "white"}. Flip it`);
      pull.className = `pull ${black ? "model" : "second"}`;
      pull.textContent = inside(here(s)) ? short(tugMath.pull(s.balls[i], here(s), s.scale)) : "none";
    };
  };
  ui.bind((s) => {
    if (items.length !== s.balls.length) {
      list.replaceChildren();
      items = Array.from({ length: s.balls.length }, (_, i) => item(i));
    }
    items.forEach((update) => update(s));
  });

  const name = (/** @type {TugState} */ s) =>
    el("span", {}, el("span", { class: "wide" }, "net pull "), s.scale === "dial" ? "ℓ′(θ)" : "");
  const sum = ui.text(
    (s) => {
      const theta = here(s);
      if (!inside(theta)) return [name(s), " is not defined here"];
      const [k, w] = tugMath.counts(s.balls);
      const net = tugMath.net(s.balls, theta, s.scale);
      const [first] = equals(theta, 2);
      const [second] = equals(net, 2);
      const part = (/** @type {string} */ cls, /** @type {number} */ n, /** @type {number} */ q) =>
        n > 0 && el("span", { class: `part ${cls}` }, s.scale === "dial"
          ? `${n}\u202f/\u202f${fixed(q, 2)}` : `${n}\u202f×\u202f${fixed(1 - q, 2)}`);
      return [
        name(s),
        ` ${first} `,
        el(
          "span", { class: "rest" },
          part("model", k, theta),
          w > 0 && (k > 0 ? " − " : "−"),
          part("second", w, 1 - theta),
          ` ${first === "=" ? second : first}\u00a0`,
          el("b", {}, signed(net)),
        ),
      ];
    },
    { class: "sum" },
  );

  const rope = ui.plot({
    label: (s) => {
      const [k, w] = tugMath.counts(s.balls);
      const theta = here(s);
      if (!inside(theta)) return "A rope at which no ball pulls.";
      const team = (/** @type {string} */ ball, /** @type {number} */ n) =>
        fixed(n * Math.abs(tugMath.pull(ball, theta, s.scale)), 2);
      const frame = tugMath.frame[s.scale];
      const up = k ? `${k} black pull to the right, together ${team("b", k)}` : "";
      const down = w ? `${w} white pull to the left, together ${team("w", w)}` : "";
      const { each, net } = tugMath.arrows(s.balls, theta, s.scale);
      const cut = each.some((arrow) => arrow.cut) || net.cut
        ? ` What leaves the frame, which ends at ${frame} on both sides, is cut.` : "";
      return `A rope: ${[up, down].filter(Boolean).join("; ")}.${cut}`;
    },
    height: 184,
    margin: { top: 22, right: 14, bottom: 44, left: 14 },
    draw: (p, s) => {
      const theta = here(s);
      const frame = tugMath.frame[s.scale];
      p.scale([-frame, frame], [0, 100]);
      const [edge, team, low] = [84, 60, 20];
      const wide = p.width >= 480;
      const [down, up] = wide ? ["← turn the dial down", "turn it up →"] : ["← down", "up →"];
      p.write(-frame, 100, down, "muted", { anchor: "start", dx: -10, dy: -8 });
      p.write(frame, 100, up, "muted", { anchor: "end", dx: 10, dy: -8 });
      p.xAxis({
        ticks: s.scale === "dial" ? [-20, -10, 0, 10, 20] : [-3, -2, -1, 0, 1, 2, 3],
        text: (v) => fixed(v, 0),
        label: s.scale === "dial" ? "pull, nats per unit of θ" : "pull, nats per unit of log-odds",
      });
      p.line([[-frame, team], [frame, team]], "rope");
      if (!inside(theta)) {
        p.write(0, low, "no pull: θ is not a probability", "danger strong", { dy: 4 });
      } else {
        const net = tugMath.net(s.balls, theta, s.scale);
        const arrows = tugMath.arrows(s.balls, theta, s.scale);
        const cls = (/** @type {boolean} */ cut, /** @type {string} */ otherwise) =>
          `${cut ? "danger" : otherwise} thick`;
        arrows.each.forEach(({ from, to, cut }, i) => {
          p.arrow(from, team, to, team, cls(cut, s.balls[i] === "b" ? "model" : "second"));
        });
        arrows.each.forEach(({ from, to }, i) => {
          const r = Math.min(8, Math.abs(p.x(to) - p.x(from)) / 3.2);
          if (r >= 2) p.dot((from + to) / 2, team, `puller ${s.balls[i] === "b" ? "black" : ""}`, r);
        });
        for (const ball of ["b", "w"]) {
          if (!arrows.each.some(({ cut }, i) => cut && s.balls[i] === ball)) continue;
          const pull = `each ${short(tugMath.pull(ball, theta, s.scale))}`;
          if (ball === "b") p.write(frame, edge, `${pull} →`, "danger strong", { anchor: "end", dx: 10, dy: 4 });
          else p.write(-frame, edge, `← ${pull}`, "danger strong", { anchor: "start", dx: -10, dy: 4 });
        }
        const still = Math.abs(net) < 0.005;
        const side = net > 0 ? -1 : 1;
        const zero = wide ? "net pull 0: balance" : "balance";
        const words = still ? zero : `net pull ${signed(net)}`;
        const colour = arrows.net.cut ? "danger" : "gradient";
        if (still) p.dot(0, low, "gradient", 6);
        else p.arrow(0, low, arrows.net.to, low, `${colour} thick`);
        p.write(0, low, words, `${colour} strong`, {
          anchor: side > 0 ? "start" : "end",
          dx: 13 * side,
          dy: 4,
        });
      }
      p.line([[0, team + 14], [0, inside(theta) ? low - 12 : (team + low) / 2]], "loss");
    },
  });

  // The bowl. To its left and right θ is not a probability, so there is no loss; the log-odds have no
  // ends, and the bowl goes on outside the picture.
  const TOP = 2.8;
  const ZONE = 34;
  const margin = { top: 40, right: ZONE + 6, bottom: 42, left: ZONE + 36 };
  const bowl = ui.plot({
    label: (s) => {
      const theta = here(s);
      const low = fixed(tugMath.balance(s.balls), 2);
      const over = s.scale === "dial" ? "dial setting" : "log-odds of the setting";
      const start = `The mean NLL over the ${over}: a bowl, lowest where θ is ${low}. `;
      const flag = s.flag.length ? ` The flag stands at ${tugPlace(s.scale, s.flag[0])}.` : "";
      if (!inside(theta)) return `${start}The dial is at ${fixed(theta, 2)}, outside of it.${flag}`;
      return `${start}At ${fixed(theta, 2)} it is ${kit.unit(tugMath.loss(s.balls, theta), 4, "nats")}`
        + ` high, and its tangent has slope ${fixed(tugMath.slope(s.balls, theta, s.scale), 2)}.${flag}`;
    },
    height: 290,
    margin,
    drag: (x, _, s) => at(s.scale, x),
    draw: (p, s) => {
      const { balls, scale } = s;
      const theta = here(s);
      const [lo, hi] = tugMath.ends[scale];
      p.scale([lo, hi], [0, TOP]);
      const beyond = lo - p.back(margin.left - ZONE, 0)[0];
      const x = (/** @type {number} */ v) =>
        kit.clamp(tugMath.place(scale, v), lo - 0.6 * beyond, hi + 0.6 * beyond);
      const height = (/** @type {number} */ v) => Math.min(TOP, tugMath.loss(balls, v));
      if (scale === "dial") {
        for (const [a, b, text] of /** @type {Array<[number, number, string]>} */ ([
          [-beyond, 0, "< 0"],
          [1, 1 + beyond, "> 1"],
        ])) {
          p.rect(a, 0, b, TOP, "zone danger");
          p.write((a + b) / 2, 0, text, "danger", { dy: -8 });
        }
      }
      for (const v of [0, 1, 2]) {
        p.line([[lo - beyond, v], [hi + beyond, v]], "faint");
        p.write(lo - beyond, v, String(v), "", { anchor: "end", dx: -8, dy: 4 });
      }
      p.write(lo - beyond, TOP, "mean NLL J, nats per ball", "", { anchor: "start", dx: -34, dy: -26 });
      p.xAxis({
        ticks: scale === "dial" ? [0, 0.2, 0.4, 0.6, 0.8, 1] : [-4, -2, 0, 2, 4],
        text: (v) => (v % 1 === 0 ? fixed(v, 0) : fixed(v, 1)),
        label: "",
      });
      const balance = tugMath.balance(balls);
      const mixed = balance > 0 && balance < 1;
      const lowest = kit.clamp(tugMath.place(scale, balance), lo, hi);
      const share = `${tugMath.counts(balls)[0]}/${balls.length}`;
      if (mixed || scale === "dial") p.line([[lowest, 0], [lowest, TOP]], "record thin");
      const word = mixed ? "balance at" : scale === "dial" ? "lowest at" : "falling towards";
      const part = (lowest - lo) / (hi - lo);
      p.write(lowest, TOP, `${word} k/N = ${share}`, "record strong", {
        anchor: part < 0.3 ? "start" : part > 0.7 ? "end" : "middle",
        dx: part < 0.3 ? -ZONE : part > 0.7 ? ZONE : 0,
        dy: -7,
      });
      p.line(tugMath.curve(balls, TOP, Math.min(400, p.width), scale), "loss");

      // The starts that were tried, on the floor: which steps left the scale?
      const { left, stayed } = tugMath.found(s);
      for (const v of left) p.dot(x(v), 0, "danger", 4);
      for (const v of stayed) p.dot(x(v), 0, "gradient", 4);

      // A step is drawn as a hop between points of the bowl, or as a straight line out of it.
      /** @returns {[number, number]} where a hop is after a share `t` of its way */
      const hop = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ t) => {
        const [y0, y1] = [height(from), inside(to) ? height(to) : height(from)];
        const pixels = inside(to) ? Math.min(60, 0.4 * Math.abs(p.x(x(to)) - p.x(x(from)))) : 0;
        const lift = (pixels * TOP) / (p.y(0) - p.y(TOP));
        const y = y0 + (y1 - y0) * t + lift * 4 * t * (1 - t);
        return [x(from) + (x(to) - x(from)) * t, Math.min(TOP, y)];
      };
      s.theta.slice(0, -1).forEach((from, i) => {
        if (!inside(from)) return;
        const last = i === s.theta.length - 2 ? flown : 1;
        const to = s.theta[i + 1];
        const arc = Array.from({ length: 25 }, (_, j) => hop(from, to, (last * j) / 24));
        if (inside(to)) p.line(arc, "trail");
        else p.arrow(...arc[0], ...arc[24], "danger");
        p.dot(x(from), height(from), "old", 4);
      });

      // The flag: on the floor, so that it says nothing about the height.
      for (const at of s.flag) {
        const pole = kit.clamp(at, lo - 0.6 * beyond, hi + 0.6 * beyond);
        p.line([[pole, 0], [pole, 0.3 * TOP]], "loss");
        const back = p.x(pole) > p.width - 60 ? -1 : 1;
        const cloth = p.back(p.x(pole) + 16 * back, 0)[0];
        p.area([[pole, 0.3 * TOP], [cloth, 0.26 * TOP], [pole, 0.22 * TOP]], "flag model");
        p.line([[pole, 0.3 * TOP], [cloth, 0.26 * TOP], [pole, 0.22 * TOP]], "model");
      }

      const before = s.theta[s.theta.length - 2] ?? NaN;
      if (!inside(theta)) {
        if (scale !== "dial") return; // only a link could say so
        const y = inside(before) ? height(before) : TOP / 2;
        p.dot(inside(before) ? hop(before, theta, flown)[0] : x(theta), y, "danger", 8);
        // The middle of the line lies above the bowl, because the bowl is convex.
        const half = inside(before) ? (before + (theta < 0 ? 0 : 1)) / 2 : 0.5;
        p.write(half, y, `θ ${equals(theta, 2)}`, "danger strong", { dy: y > TOP - 0.4 ? 22 : -10 });
        return;
      }
      const here0 = x(theta);
      const y = height(theta);
      const slope = tugMath.slope(balls, theta, scale);
      if (y < TOP && Number.isFinite(slope)) {
        const [across, up] = [p.x(1) - p.x(0), p.y(0) - p.y(1)];
        const half = (p.width < 480 ? 45 : 75) / Math.hypot(across, slope * up);
        /** @returns {[number, number]} */
        const end = (/** @type {number} */ d) => {
          const to = kit.clamp(y + slope * d, 0, TOP);
          return slope && to !== y + slope * d ? [here0 + (to - y) / slope, to] : [here0 + d, to];
        };
        p.line([end(-half), end(half)], "gradient");
        // The number is below the bowl, or above it where the bowl nearly touches 0.
        const middle = kit.clamp(p.x(here0), p.x(lo) + 58, p.x(hi) - 58);
        p.write(mixed ? p.back(middle, 0)[0] : lowest, mixed ? 0 : 0.6 * TOP, `slope ${fixed(slope, 2)}`,
          "gradient strong", {
            anchor: mixed ? "middle" : balance ? "end" : "start",
            dx: mixed ? 0 : balance ? -8 : 8,
            dy: -10,
          });
      }
      const loss = tugMath.loss(balls, theta);
      if (loss > TOP) {
        p.write(here0, TOP, `J ${equals(loss, 2)} ↑`, "danger strong", {
          anchor: theta < 0.5 ? "start" : "end",
          dx: theta < 0.5 ? 14 : -14,
          dy: 16,
        });
      }
      if (inside(before)) p.dot(...hop(before, theta, flown), "model knob", 9);
      else p.dot(here0, y, "model knob", 9);
    },
  });
  /** @param {Scale} scale @param {string} label */
  const turn = (scale, label) => {
    const [lo, hi] = tugMath.ends[scale];
    const slider = ui.slider({
      label,
      min: lo,
      max: hi,
      step: scale === "dial" ? 0.01 : 0.1,
      // Off the dial, the slider is at its end and says where the step landed.
      value: (s) => scale === "dial" ? here(s)
        : kit.clamp(kit.snap(tugMath.place(scale, here(s)), 1e-4), lo, hi),
      change: (v) => at(scale, v),
      text: (v) => fixed(v, 2),
      class: "under model",
    });
    slider.style.setProperty("--left", `${margin.left}px`);
    slider.style.setProperty("--right", `${margin.right}px`);
    return slider;
  };
  /** Planted after a step, the flag is meant for the next one. @param {Scale} scale
   * @param {number} lo @param {number} hi */
  const plant = (scale, lo, hi) => ui.slider({
    label: scale === "dial" ? "flag: where the step will land" : "flag: the log-odds where the step will land",
    min: lo,
    max: hi,
    step: 0.01,
    value: (s) => s.flag[0] ?? kit.clamp(kit.snap(tugMath.place(scale, here(s)), 0.01), lo, hi),
    change: (v, s) => ({ theta: [here(s)], flag: [kit.snap(v, 0.01)] }),
    text: (v) => (ui.state().flag.length ? tugPlace(scale, v) : "not planted yet"),
    class: "model",
  });
  const on = (/** @type {Scale} */ scale) => (/** @type {TugState} */ s) => s.scale === scale;

  const stuck = (/** @type {TugState} */ s) =>
    tugMath.walk({ ...s, theta: [here(s)] }, 1).length === 1;
  /** The first step from a start is predicted. @param {TugState} s */
  const asked = (s) => s.theta.length === 1 && s.flag.length === 0;
  const hopTo = (/** @type {Partial<TugState>} */ patch) => {
    ui.set(patch);
    ui.animate(600, (share) => (flown = share));
  };
  const most = kit.limits("tried").most;
  const steps = el(
    "div",
    { class: "steps" },
    ui.slider({
      label: "learning rate",
      min: kit.limits("rate").low,
      max: kit.limits("rate").high,
      step: 0.01,
      value: (s) => s.rate,
      change: (v) => anew({ rate: kit.snap(v, 0.01) }),
      text: (v) => fixed(v, 2),
      class: "model",
    }),
    el(
      "div",
      { class: "row", role: "group", "aria-label": "Gradient descent" },
      ui.button({
        text: "Step",
        label: "Step: follow the pulls once",
        press: (s) => {
          const theta = tugMath.walk(s, 1);
          hopTo(s.theta.length > 1
            ? { theta, flag: [] }
            : { theta, tried: [...s.tried.filter((v) => v !== here(s)), here(s)].slice(-most) });
        },
        off: (s) => stuck(s) || asked(s),
      }),
      ui.button({
        text: "10 steps",
        press: (s) => hopTo({ theta: tugMath.walk(s, 10), flag: [] }),
        off: (s) => stuck(s) || s.theta.length < 2,
      }),
      ui.button({
        text: "Back",
        label: "Back: undo the last step",
        press: (s) => ({ theta: s.theta.slice(0, -1) }),
        off: (s) => s.theta.length < 2,
      }),
    ),
  );
  const found = ui.when((s) => s.tried.length > 0, () => [
    ui.text((s) => {
      const { left, stayed } = tugMath.found(s);
      const list = (/** @type {number[]} */ all) => all.map((v) => fixed(v, 2)).join(", ");
      return [
        "A single step left the scale from ",
        el("b", { class: "word danger" }, list(left) || "no start so far"),
        "; it stayed on it from ",
        el("b", { class: "word gradient" }, list(stayed) || "none so far"),
        ".",
      ];
    }, { class: "found" }),
  ]);

  return [
    scale,
    el("div", { class: "side" }, list, sum),
    rope,
    bowl,
    ui.when(on("dial"), () => [turn("dial", "dial setting θ"), plant("dial", -0.05, 1.05)]),
    ui.when(on("log-odds"), () => [turn("log-odds", "log-odds of θ"), plant("log-odds", -6, 6)]),
    steps,
    found,
  ];
}

kit.mount(
  /** @type {Definition<TugState>} */ ({
    name: "tug",
    title: "Every ball pulls; at k/N the pulls balance",
    hint: "Choose a start, plant the flag where you think that a step will land, then press Step. Flip a ball.",
    task: "From which starts does a single step at learning rate 0.1 leave the scale? And on the log-odds?",
    moves: true,
    presets: [
      { text: "balance", state: { balls: "wbwbb", theta: [0.6], scale: "dial", flag: [], tried: [] } },
      { text: "2 beat 3", label: "2 beat 3: at 0.9 the white balls win", state: { balls: "wbwbb", theta: [0.9], rate: 0.02, scale: "dial", flag: [], tried: [] } },
      { text: "zigzag", state: { balls: "wbwbb", theta: [0.5], rate: 0.45, scale: "dial", flag: [], tried: [] } },
      { text: "a wild step", state: { balls: "wbwbb", theta: [0.01], rate: 0.1, scale: "dial", flag: [], tried: [] } },
      { text: "the same on the log-odds", state: { balls: "wbwbb", theta: [0.01], rate: 0.1, scale: "log-odds", flag: [], tried: [] } },
      { text: "●●●●●", label: "●●●●● all five black", state: { balls: "bbbbb", theta: [0.8], rate: 0.1, scale: "dial", flag: [], tried: [] } },
    ],
    say: (s) => {
      const { fixed, equals } = kit;
      const { balls, scale } = s;
      const theta = tugMath.here(s);
      const x = tugMath.place(scale, theta);
      const odds = scale === "dial" ? "" : ` (log-odds ${equals(x, 2)})`;
      const at = `At θ\u00a0${equals(theta, 2)}${tugMath.inside(theta) ? odds : ""}`;
      const landed = s.flag.length && s.theta.length === 2
        ? `Your flag stands at ${tugPlace(scale, s.flag[0])}, and the step landed at `
          + `${scale === "dial" || !tugMath.inside(theta) ? fixed(theta, 2) : fixed(x, 2)}. `
        : "";
      if (!tugMath.inside(theta)) {
        return `${landed}${at} there is no loss and no pull: this is not a probability, and no step leads `
          + "back. Press Back, lower the learning rate, and step again.";
      }
      const [k, w] = tugMath.counts(balls);
      const net = tugMath.net(balls, theta, scale);
      const loss = `J\u00a0${equals(tugMath.loss(balls, theta), 6, "nats")}`;
      if (!Number.isFinite(tugMath.loss(balls, theta)) || !Number.isFinite(net)) {
        const hard = scale === "dial" ? "it pulls infinitely hard, and" : "on the log-odds this is infinitely far away;";
        return `${at} a ${theta === 0 ? "black" : "white"} ball is impossible, and yet one came: ${hard} `
          + `${loss}. No step is that long.`;
      }
      if (Math.abs(net) < 0.005 && k > 0 && w > 0) {
        const [up, down] = ["b", "w"].map((ball) => fixed(Math.abs(tugMath.pull(ball, theta, scale)), 2));
        return `${landed}${at} nobody wins: ${k} pull${k > 1 ? "s" : ""} of ${up} up, ${w} of ${down} down. `
          + `The bowl is flat here, ${loss}, its lowest.`;
      }
      const ask = s.theta.length > 1 ? "" : s.flag.length
        ? ` Your flag stands at ${tugPlace(scale, s.flag[0])}: press Step.`
        : " Where will a step land? Plant the flag.";
      const slope = `slope\u00a0${equals(tugMath.slope(balls, theta, scale), 2)}`;
      if (k === 0 || w === 0) {
        return `${landed}${at} all balls pull ${k ? "up" : "down"} and nobody pulls back, even at the end `
          + `of the dial. ${loss}, ${slope}.${ask}`;
      }
      return `${landed}${at} the ${net > 0 ? "black balls win: up" : "white balls win: down"} with the dial. `
        + `${loss}, ${slope}.${ask}`;
    },
    view: tugView,
  }),
);
