// @ts-check
// Chapter 2, tug of war: every ball pulls at the dial, and a step follows the pulls.

/**
 * @typedef {object} TugState
 * @property {string} balls
 * @property {number[]} theta the settings after each step; the last is the current one
 * @property {number} rate learning rate
 */

/** The mathematics, without drawing. A black ball has probability `theta`. */
const tugMath = {
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

  /** The derivative of one ball's log-probability, in nats per unit of theta.
   * @param {string} ball @param {number} theta @returns {number} */
  pull(ball, theta) {
    return ball === "b" ? 1 / theta : -1 / (1 - theta);
  },

  /** The net pull. @param {string} balls @param {number} theta @returns {number} */
  net(balls, theta) {
    const [black, white] = tugMath.counts(balls);
    return (black && black / theta) - (white && white / (1 - theta));
  },

  /** The mean NLL, nats per ball. @param {string} balls @param {number} theta
   * @returns {number} */
  loss(balls, theta) {
    const [black, white] = tugMath.counts(balls);
    const log = (black && black * Math.log(theta)) + (white && white * Math.log1p(-theta));
    return -log / balls.length;
  },

  /** The derivative of the mean NLL. @param {string} balls @param {number} theta @returns {number} */
  slope(balls, theta) {
    return -tugMath.net(balls, theta) / balls.length;
  },

  /** @param {string} balls @returns {number} k/N */
  balance(balls) {
    return tugMath.counts(balls)[0] / balls.length;
  },

  /** One step of gradient descent; it may leave [0, 1]. @param {string} balls
   * @param {number} theta @param {number} rate @returns {number} */
  next(balls, theta, rate) {
    return theta - rate * tugMath.slope(balls, theta);
  },

  /** Up to `steps` more steps, while the loss is defined and its slope is not 0. Settings are rounded
   * to millionths, as in a link. @param {TugState} state @param {number} steps @returns {number[]} */
  walk({ balls, theta, rate }, steps) {
    const path = [...theta];
    for (let i = 0; i < steps; i++) {
      const here = path[path.length - 1];
      const there = tugMath.inside(here) ? tugMath.next(balls, here, rate) : here;
      if (!Number.isFinite(there) || kit.snap(there, 1e-6) === here) break;
      path.push(kit.snap(there, 1e-6));
    }
    return path.slice(-tugMath.memory);
  },

  /** The pulls head to tail, white to the left of 0 and black to the right, as shares of half the
   * width. If one is infinite, the others are 0 in comparison.
   * @param {string} balls @param {number} theta
   * @returns {{each: Array<[number, number]>, net: number}} in [-1, 1] */
  arrows(balls, theta) {
    const teams = tugMath.counts(balls);
    const pulls = [teams[0] && teams[0] / theta, teams[1] && teams[1] / (1 - theta)];
    // In balance each side pulls with N, which takes half of its space.
    const room = Math.max(2 * balls.length, ...pulls);
    const share = pulls.map((p) => (p === Infinity ? 1 : p / room));
    const ends = [0, 0];
    /** @returns {[number, number]} */
    const span = (/** @type {string} */ ball) => {
      const side = ball === "b" ? 0 : 1;
      const from = ends[side];
      ends[side] += ((side ? -1 : 1) * share[side]) / teams[side];
      return [from, ends[side]];
    };
    return { each: [...balls].map(span), net: share[0] - share[1] };
  },

  /** The curve of the mean NLL, clipped exactly at the height `top`.
   * @param {string} balls @param {number} top @param {number} steps
   * @returns {Array<[number, number]>} */
  curve(balls, top, steps) {
    const low = tugMath.balance(balls);
    // Find where the curve reaches the height between its minimum and an end.
    const reach = (/** @type {number} */ end) => {
      if (tugMath.loss(balls, end) <= top) return end;
      let [near, far] = [low, end];
      for (let i = 0; i < 50; i++) {
        const middle = (near + far) / 2;
        if (tugMath.loss(balls, middle) <= top) near = middle;
        else far = middle;
      }
      return near;
    };
    const [a, b] = [reach(0), reach(1)];
    const all = Array.from({ length: steps + 1 }, (_, i) => a + ((b - a) * i) / steps);
    all.push(low);
    all.sort((x, y) => x - y);
    return all.map((theta) => [theta, tugMath.loss(balls, theta)]);
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

/** @param {Ui<TugState>} ui @returns {Child[]} */
function tugView(ui) {
  const { el, fixed } = kit;
  const { here, inside } = tugMath;
  const signed = (/** @type {number} */ v, decimals = 2) =>
    (Math.abs(v) < 0.5 * 10 ** -decimals ? "" : v > 0 ? "+" : "") + fixed(v, decimals);
  /** Three digits, so that a pull of 100 takes no more space than one of 1. */
  const short = (/** @type {number} */ v) =>
    signed(v, Math.abs(v) >= 99.95 ? 0 : Math.abs(v) >= 9.995 ? 1 : 2);
  const at = (/** @type {number} */ theta) => ({
    theta: [kit.clamp(kit.snap(theta, 0.01), 0, 1)],
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
        ui.set({ balls: tugMath.flip(s.balls, i), theta: [here(s)] });
      },
    });
    const pull = el("span", { class: "pull" });
    list.append(el("li", {}, ball, pull));
    return (/** @type {TugState} */ s) => {
      const black = s.balls[i] === "b";
      ball.className = `ball ${black ? "black" : "white"}`;
      ball.setAttribute("aria-label", `Ball ${i + 1}: ${black ? "black" : "white"}. Flip it`);
      pull.className = `pull ${black ? "model" : "second"}`;
      pull.textContent = inside(here(s)) ? short(tugMath.pull(s.balls[i], here(s))) : "none";
    };
  };
  ui.bind((s) => {
    if (items.length !== s.balls.length) {
      list.replaceChildren();
      items = Array.from({ length: s.balls.length }, (_, i) => item(i));
    }
    items.forEach((update) => update(s));
  });

  const name = () => el("span", {}, el("span", { class: "wide" }, "net pull "), "ℓ′(θ)");
  const sum = ui.text(
    (s) => {
      const theta = here(s);
      if (!inside(theta)) return [name(), " is not defined here"];
      const [k, w] = tugMath.counts(s.balls);
      const net = tugMath.net(s.balls, theta);
      const exact = [theta, net].every((v) => Math.abs(100 * v - Math.round(100 * v)) < 1e-9);
      const part = (/** @type {string} */ cls, /** @type {number} */ n, /** @type {number} */ q) =>
        n > 0 && el("span", { class: `part ${cls}` }, `${n}\u202f/\u202f${fixed(q, 2)}`);
      return [
        name(),
        " = ",
        el(
          "span", { class: "rest" },
          part("model", k, theta),
          w > 0 && (k > 0 ? " − " : "−"),
          part("second", w, 1 - theta),
          exact || !Number.isFinite(net) ? " =\u00a0" : " ≈\u00a0",
          el("b", {}, signed(net)),
        ),
      ];
    },
    { class: "sum" },
  );

  const rope = ui.plot({
    label: (s) => {
      const [k, w] = tugMath.counts(s.balls);
      if (!inside(here(s))) return "A rope at which no ball pulls.";
      const up = k ? `${k} black pull to the right, together ${fixed(k / here(s), 2)}` : "";
      const down = w ? `${w} white pull to the left, together ${fixed(w / (1 - here(s)), 2)}` : "";
      return `A rope: ${[up, down].filter(Boolean).join("; ")}.`;
    },
    height: 112,
    margin: { top: 22, right: 4, bottom: 4, left: 4 },
    draw: (p, s) => {
      const theta = here(s);
      p.scale([-1, 1], [0, 86]);
      const [team, knot, low] = [62, 38, 20];
      const wide = p.width >= 480;
      const [down, up] = wide ? ["← turn the dial down", "turn it up →"] : ["← down", "up →"];
      p.write(-1, 86, down, "muted", { anchor: "start", dy: -8 });
      p.write(1, 86, up, "muted", { anchor: "end", dy: -8 });
      p.write(0, 86, `${p.width < 300 ? "" : "pulls, "}nats per unit of θ`, "", { dy: -8 });
      p.line([[-1, team], [1, team]], "rope");
      if (!inside(theta)) {
        p.write(0, low, "no pull: θ is not a probability", "danger strong", { dy: 4 });
      } else {
        const net = tugMath.net(s.balls, theta);
        const arrows = tugMath.arrows(s.balls, theta);
        arrows.each.forEach(([from, to], i) => {
          const black = s.balls[i] === "b";
          p.arrow(from, team, to, team, `${black ? "model" : "second"} thick`);
        });
        arrows.each.forEach(([from, to], i) => {
          const r = Math.min(8, Math.abs(p.x(to) - p.x(from)) / 3.2);
          if (r >= 2) p.dot((from + to) / 2, team, `puller ${s.balls[i] === "b" ? "black" : ""}`, r);
        });
        const still = Math.abs(net) < 0.005;
        const side = net > 0 ? -1 : 1;
        const zero = wide ? "net pull 0: balance" : "balance";
        const words = still ? zero : `net pull ${signed(net)}`;
        if (still) p.dot(0, low, "gradient", 6);
        else p.arrow(0, low, arrows.net, low, "gradient thick");
        p.write(0, low, words, "gradient strong", {
          anchor: side > 0 ? "start" : "end",
          dx: 13 * side,
          dy: 4,
        });
      }
      p.line([[0, team + 14], [0, inside(theta) ? low - 12 : knot]], "loss");
    },
  });

  // The bowl. To its left and right θ is not a probability, so there is no loss.
  const TOP = 2.8;
  const ZONE = 34;
  const margin = { top: 40, right: ZONE + 6, bottom: 42, left: ZONE + 36 };
  const bowl = ui.plot({
    label: (s) => {
      const low = fixed(tugMath.balance(s.balls), 2);
      const start = `The mean NLL over the dial setting: a bowl, lowest at ${low}. `;
      if (!inside(here(s))) return `${start}The dial is at ${fixed(here(s), 2)}, outside of it.`;
      return `${start}At ${fixed(here(s), 2)} it is ${kit.unit(tugMath.loss(s.balls, here(s)), 4, "nats")}`
        + ` high, and its tangent has slope ${fixed(tugMath.slope(s.balls, here(s)), 2)}.`;
    },
    height: 290,
    margin,
    drag: (x) => at(x),
    draw: (p, s) => {
      const { balls } = s;
      const theta = here(s);
      const height = (/** @type {number} */ v) => Math.min(TOP, tugMath.loss(balls, v));
      p.scale([0, 1], [0, TOP]);
      const [beyond] = p.back(margin.left + ZONE, 0);
      const place = (/** @type {number} */ v) => kit.clamp(v, -0.6 * beyond, 1 + 0.6 * beyond);
      for (const [a, b, text] of /** @type {Array<[number, number, string]>} */ ([
        [-beyond, 0, "< 0"],
        [1, 1 + beyond, "> 1"],
      ])) {
        p.rect(a, 0, b, TOP, "zone danger");
        p.write((a + b) / 2, 0, text, "danger", { dy: -8 });
      }
      for (const v of [0, 1, 2]) {
        p.line([[-beyond, v], [1 + beyond, v]], "faint");
        p.write(-beyond, v, String(v), "", { anchor: "end", dx: -8, dy: 4 });
      }
      p.write(-beyond, TOP, "mean NLL J(θ), nats per ball", "", { anchor: "start", dx: -34, dy: -26 });
      p.xAxis({
        ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
        text: (v) => (v % 1 === 0 ? String(v) : fixed(v, 1)),
        label: "",
      });
      const low = tugMath.balance(balls);
      p.line([[low, 0], [low, TOP]], "truth thin");
      const word = low > 0 && low < 1 ? "balance" : "lowest";
      const share = `${tugMath.counts(balls)[0]}/${balls.length}`;
      p.write(low, TOP, `${word} at k/N = ${share}`, "truth strong", {
        anchor: low < 0.3 ? "start" : low > 0.7 ? "end" : "middle",
        dx: low < 0.3 ? -ZONE : low > 0.7 ? ZONE : 0,
        dy: -7,
      });
      p.line(tugMath.curve(balls, TOP, Math.min(400, p.width)), "loss");

      // A step is drawn as a hop between points of the bowl, or as a straight line out of it.
      const hop = (/** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ cls) => {
        const [y0, y1] = [height(from), height(to)];
        if (!inside(to)) return p.arrow(from, y0, place(to), y0, "danger");
        const pixels = Math.min(60, 0.4 * Math.abs(p.x(to) - p.x(from)));
        const lift = (pixels * TOP) / (p.y(0) - p.y(TOP));
        /** @type {Array<[number, number]>} */
        const arc = Array.from({ length: 25 }, (_, i) => {
          const t = i / 24;
          return [from + (to - from) * t, Math.min(TOP, y0 + (y1 - y0) * t + lift * 4 * t * (1 - t))];
        });
        p.line(arc, cls);
      };
      s.theta.slice(0, -1).forEach((from, i) => {
        if (!inside(from)) return;
        hop(from, s.theta[i + 1], "trail");
        p.dot(from, height(from), "old", 4);
      });

      const before = s.theta[s.theta.length - 2] ?? NaN;
      if (!inside(theta)) {
        const y = inside(before) ? height(before) : TOP / 2;
        p.dot(place(theta), y, "danger", 8);
        // The middle of the line lies above the bowl, because the bowl is convex.
        const half = inside(before) ? (before + (theta < 0 ? 0 : 1)) / 2 : 0.5;
        p.write(half, y, `θ = ${fixed(theta, 2)}`, "danger strong", { dy: y > TOP - 0.4 ? 22 : -10 });
        return;
      }
      const y = height(theta);
      const slope = tugMath.slope(balls, theta);
      if (y < TOP && Number.isFinite(slope)) {
        const [across, up] = [p.x(1) - p.x(0), p.y(0) - p.y(1)];
        const half = (p.width < 480 ? 45 : 75) / Math.hypot(across, slope * up);
        /** @returns {[number, number]} */
        const end = (/** @type {number} */ d) => {
          const to = kit.clamp(y + slope * d, 0, TOP);
          return slope && to !== y + slope * d ? [theta + (to - y) / slope, to] : [theta + d, to];
        };
        p.line([end(-half), end(half)], "gradient");
        // The number is below the bowl, or above it where the bowl nearly touches 0.
        const middle = kit.clamp(p.x(theta), p.x(0) + 58, p.x(1) - 58);
        const under = low > 0 && low < 1;
        p.write(under ? p.back(middle, 0)[0] : low, under ? 0 : 0.6 * TOP, `slope ${fixed(slope, 2)}`,
          "gradient strong", {
            anchor: under ? "middle" : low ? "end" : "start",
            dx: under ? 0 : low ? -8 : 8,
            dy: -10,
          });
      }
      const next = tugMath.next(balls, theta, s.rate);
      if (Number.isFinite(next)) {
        hop(theta, next, "model");
        if (inside(next)) p.dot(next, height(next), "model ring", 6);
      }
      const loss = tugMath.loss(balls, theta);
      if (loss > TOP) {
        p.write(theta, TOP, `J = ${fixed(loss, 2)} ↑`, "danger strong", {
          anchor: theta < 0.5 ? "start" : "end",
          dx: theta < 0.5 ? 14 : -14,
          dy: 16,
        });
      }
      p.dot(theta, y, "model knob", 9);
    },
  });
  const turn = ui.slider({
    label: "dial setting θ",
    min: 0,
    max: 1,
    step: 0.01,
    value: here,
    change: (v) => at(v),
    text: (v) => fixed(v, 2),
    class: "under model",
  });
  turn.style.setProperty("--left", `${margin.left}px`);
  turn.style.setProperty("--right", `${margin.right}px`);

  const stuck = (/** @type {TugState} */ s) =>
    tugMath.walk({ ...s, theta: [here(s)] }, 1).length === 1;
  const step = (/** @type {string} */ text, /** @type {string} */ label, /** @type {number} */ n) =>
    ui.button({ text, label, press: (s) => ({ theta: tugMath.walk(s, n) }), off: stuck });
  const steps = el(
    "div",
    { class: "steps" },
    ui.slider({
      label: "learning rate",
      min: kit.limits("rate").low,
      max: kit.limits("rate").high,
      step: 0.01,
      value: (s) => s.rate,
      change: (v) => ({ rate: kit.snap(v, 0.01) }),
      text: (v) => fixed(v, 2),
      class: "model",
    }),
    el(
      "div",
      { class: "row", role: "group", "aria-label": "Gradient descent" },
      step("Step", "Step: follow the pulls once", 1),
      step("10 steps", "10 steps", 10),
      ui.button({
        text: "Back",
        label: "Back: undo the last step",
        press: (s) => ({ theta: s.theta.slice(0, -1) }),
        off: (s) => s.theta.length < 2,
      }),
    ),
  );

  return [el("div", { class: "side" }, list, sum), rope, bowl, turn, steps];
}

kit.mount(
  /** @type {Definition<TugState>} */ ({
    name: "tug",
    title: "Every ball pulls; at k/N the pulls balance",
    hint: "Turn the dial until nobody wins. Flip a ball. Press Step to let the pulls win.",
    presets: [
      { text: "balance", state: { balls: "wbwbb", theta: [0.6] } },
      { text: "2 beat 3", label: "2 beat 3: at 0.9 the white balls win", state: { balls: "wbwbb", theta: [0.9], rate: 0.02 } },
      { text: "zigzag", state: { balls: "wbwbb", theta: [0.5], rate: 0.45 } },
      { text: "a wild step", state: { balls: "wbwbb", theta: [0.01], rate: 0.1 } },
      { text: "●●●●●", label: "●●●●● all five black", state: { balls: "bbbbb", theta: [0.8], rate: 0.1 } },
    ],
    say: (s) => {
      const { fixed } = kit;
      const theta = tugMath.here(s);
      const at = `At θ = ${fixed(theta, 2)}`;
      if (!tugMath.inside(theta)) {
        return `${at} there is no loss and no pull: this is not a probability, and no step leads back. `
          + "Press Back, lower the learning rate, and step again.";
      }
      const [k, w] = tugMath.counts(s.balls);
      const net = tugMath.net(s.balls, theta);
      const loss = `J\u00a0=\u00a0${kit.unit(tugMath.loss(s.balls, theta), 6, "nats")}`;
      if (!Number.isFinite(net)) {
        return `${at} a ${net > 0 ? "black" : "white"} ball is impossible, and yet one came: it pulls `
          + `infinitely hard, and ${loss}. No step is that long.`;
      }
      if (Math.abs(net) < 0.005) {
        return `${at} nobody wins: ${k} pull${k > 1 ? "s" : ""} of ${fixed(1 / theta, 2)} up, ${w} of `
          + `${fixed(1 / (1 - theta), 2)} down. The bowl is flat here, ${loss}, its lowest.`;
      }
      const next = tugMath.next(s.balls, theta, s.rate);
      const step = tugMath.inside(next)
        ? `A step would lead to ${fixed(next, 2)}.`
        : `A step would lead to ${fixed(next, 2)}, which is not a probability.`;
      const slope = fixed(tugMath.slope(s.balls, theta), 2);
      if (k === 0 || w === 0) {
        return `${at} all balls pull ${net > 0 ? "up" : "down"} and nobody pulls back, even at the end of the `
          + `dial. ${loss}, slope ${slope}. ${step}`;
      }
      return `${at} the ${net > 0 ? "black balls win: up" : "white balls win: down"} with the dial. `
        + `${loss}, slope ${fixed(-net, 2)}\u202f/\u202f${s.balls.length}\u00a0=\u00a0${slope}. ${step}`;
    },
    view: tugView,
  }),
);
