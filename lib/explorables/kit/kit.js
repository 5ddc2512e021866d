// @ts-check
// What all explorables share, as one constant, `kit`. Python puts this file, the stylesheet and one
// explorable into one inline script, inside a function, so that nothing leaks into the page.
// Without a document (in node) it only remembers what was mounted.

/**
 * How an entry of a state is read from and written to a link.
 * @template T
 * @typedef {object} Codec
 * @property {(text: string) => T | undefined} read undefined if the text is invalid
 * @property {(value: T) => string} write letters, digits and . _ + - only
 * @property {(value: T) => string} code the value as Python code
 */

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | ((event: any) => void) | undefined>} Attrs */

/**
 * @template {object} S
 * @typedef {object} Definition what an explorable passes to `kit.mount`
 * @property {string} name as in `explorable("name")` and in links
 * @property {string} title the message, one line
 * @property {string} hint what to do, one or two short sentences
 * @property {string} task a question that playing answers; its answer stands on the page, not here
 * @property {boolean} [moves] whether something moves, so that motion can be switched off
 * @property {(state: S) => boolean} [open] whether the reader has predicted enough to see the
 *   answer; until then there are no presets. What shows the answer stands in `ui.when`
 * @property {Array<{text: string, label?: string, state: Partial<S>}>} presets
 * @property {(state: S) => string} say the state in a sentence, shown and read aloud
 * @property {(ui: Ui<S>) => Child[]} view builds the controls and drawings, once
 */

/**
 * @template {object} S
 * @typedef {object} StateFile what `kit.mount` reads from the explorable's state.json
 * @property {S} start the initial state
 * @property {{[K in keyof S]: Codec<S[K]>}} codecs one for every entry of the state
 */

/**
 * @template {object} S
 * @typedef {Definition<S> & StateFile<S>} Spec
 */

/**
 * @template {object} S
 * @typedef {object} Ui builds the elements of a view; they update themselves when the state changes
 * @property {() => S} state the current state
 * @property {(patch: Partial<S>) => void} set change entries of the state and update the view
 * @property {(update: (state: S) => void) => void} bind run now and after every change
 * @property {(holds: (state: S) => boolean, make: () => Child[]) => HTMLElement} when what is made
 *   is in the document only while it holds, and made the first time that it does
 * @property {(ms: number, frame: (share: number) => void, hold?: boolean) => () => void} animate
 *   call `frame` with shares of the time, from 0 to 1, and draw after each; without motion with 1
 *   only, at once. It only decorates: the state is already the new one. A new one, and the function
 *   returned, end it. With `hold`, the sentence about the state waits for the end
 * @property {(what: (state: S) => string | Child[], attrs?: Attrs) => HTMLElement} text
 * @property {(o: SliderOptions<S>) => HTMLElement} slider
 * @property {(o: ButtonOptions<S>) => HTMLButtonElement} button
 * @property {(o: {label: string, value: (s: S) => boolean,
 *   change: (on: boolean, s: S) => Partial<S>}) => HTMLElement} toggle a checkbox
 * @property {(o: {label: string, options: Array<{value: string, text: string}>,
 *   value: (s: S) => string, change: (value: string, s: S) => Partial<S>}) => HTMLElement} choice
 *   radio buttons
 * @property {(o: PlotOptions<S>) => HTMLElement} plot
 */

/**
 * @template {object} S
 * @typedef {object} SliderOptions
 * @property {string} label
 * @property {number} min
 * @property {number} max
 * @property {number} step
 * @property {(state: S) => number} value
 * @property {(value: number, state: S) => Partial<S>} change
 * @property {(value: number) => string} text the value with its unit, shown and read aloud
 * @property {string} [class]
 */

/**
 * @template {object} S
 * @typedef {object} ButtonOptions
 * @property {string} text
 * @property {string} [label] for screen readers, if the text is a symbol; must contain the text
 * @property {(state: S) => Partial<S> | void} press
 * @property {(state: S) => boolean} [off] greyed out, but still focusable
 * @property {(state: S) => boolean} [pressed]
 */

/**
 * @template {object} S
 * @typedef {object} PlotOptions
 * @property {(state: S) => string} label describes the picture in words
 * @property {number} height in pixels
 * @property {{top: number, right: number, bottom: number, left: number}} margin in pixels
 * @property {(p: Painter, state: S) => void} draw called after every change and at every width
 * @property {(x: number, y: number, state: S) => Partial<S> | void} [drag] pointer only, in the
 *   painter's coordinates; a slider or a handle must offer the same by keyboard
 * @property {Array<Handle<S>>} [handles] points to drag, also by keyboard
 */

/**
 * @template {object} S
 * @typedef {object} Handle
 * @property {string} label
 * @property {"x" | "y"} axis
 * @property {number} min
 * @property {number} max
 * @property {number} step
 * @property {(state: S) => number} value
 * @property {(value: number, state: S) => Partial<S>} change
 * @property {(value: number) => string} text
 * @property {(state: S) => [number, number]} at in the painter's coordinates
 * @property {string} [class] a colour: world, record, model, loss, gradient, danger, second
 */

/**
 * @typedef {object} Painter draws into the plot; arguments are in the units of the axes
 * @property {number} width of the drawing in pixels, margins included
 * @property {(x: [number, number], y: [number, number]) => void} scale both ranges; call it first
 * @property {(x: number) => number} x to pixels
 * @property {(y: number) => number} y to pixels
 * @property {(a: number, b: number) => [number, number]} back from pixels
 * @property {(o: {ticks: number[], text?: (v: number) => string, label: string}) => void} xAxis
 * @property {(o: {ticks: number[], text?: (v: number) => string, label: string}) => void} yAxis
 * @property {(points: Array<[number, number]>, cls: string) => void} line breaks at infinity
 * @property {(points: Array<[number, number]>, cls: string) => void} area down to y = 0
 * @property {(x0: number, y0: number, x1: number, y1: number, cls: string) => void} rect
 * @property {(x: number, y: number, cls: string, r?: number) => void} dot radius in pixels
 * @property {(x0: number, y0: number, x1: number, y1: number, cls: string) => void} arrow
 * @property {(x: number, y: number, text: string, cls: string, o?: {anchor?: string,
 *   dx?: number, dy?: number}) => void} write text with a halo, moved by dx, dy pixels
 */

const kit = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  /** What the Tab key stops at. */
  const STOPS = "button, input, [role=slider]";
  /** @type {Record<string, Spec<any>>} */
  const specs = {};
  let ids = 0;

  // ---- numbers ---------------------------------------------------------------------------------

  /** @param {number} x @param {number} decimals @returns {string} "−0.50", "∞"; never "NaN" */
  function fixed(x, decimals) {
    if (Number.isNaN(x)) throw new Error("a value is not a number");
    if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
    const text = x.toFixed(decimals);
    return Number(text) === 0 ? (0).toFixed(decimals) : text.replace("-", "−");
  }

  /** @param {number} n an integer @returns {string} as superscript */
  function power(n) {
    return [...String(n)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)])).join("");
  }

  /**
   * A number given by its natural logarithm, so that it may be too small for a float.
   * @param {number} log @param {number} decimals @returns {string} "0.03456", "7.57 × 10⁻¹⁴⁷", "0"
   */
  function fromLog(log, decimals = 5) {
    if (log === -Infinity) return "0";
    if (log === Infinity) return "∞";
    if (log >= Math.log(10 ** (2 - decimals))) return fixed(Math.exp(log), decimals);
    let exponent = Math.floor(log / Math.LN10);
    let mantissa = Math.exp(log - exponent * Math.LN10).toFixed(2);
    if (mantissa === "10.00") [mantissa, exponent] = ["1.00", exponent + 1];
    return `${mantissa}\u00a0×\u00a010${power(exponent)}`;
  }

  /** @param {number} x @param {number} decimals @param {string} unit @returns {string} */
  function unit(x, decimals, unit) {
    return `${fixed(x, decimals)}\u00a0${unit}`;
  }

  /**
   * What follows a name: an equals sign only before a number that has no more decimals than shown.
   * Rounding moves a number by parts in 10^15; an irrational one comes nearer than 10^-12 only by rare luck.
   * @param {number} x @param {number} decimals @param {string} [name] of its unit
   * @returns {string} "= 0.50", "≈ 0.67 nats"
   */
  function equals(x, decimals, name) {
    const scaled = x * 10 ** decimals;
    const exact = !Number.isFinite(x)
      || Math.abs(scaled - Math.round(scaled)) <= 1e-12 * Math.max(1, Math.abs(scaled));
    return `${exact ? "=" : "≈"}\u00a0${name ? unit(x, decimals, name) : fixed(x, decimals)}`;
  }

  /** @param {number} x @param {number} lo @param {number} hi */
  function clamp(x, lo, hi) {
    return Math.min(hi, Math.max(lo, x));
  }

  /** @param {number} x @param {number} step @returns {number} the nearest multiple, never 0.30000000000000004 */
  function snap(x, step) {
    return Number((Math.round(x / step) * step).toFixed(10)) + 0;
  }

  /** Round ticks from `lo` to `hi`, about `count` of them. @param {number} lo @param {number} hi
   * @param {number} count @returns {number[]} */
  function ticks(lo, hi, count = 4) {
    const rough = (hi - lo) / count;
    const base = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((m) => m * base).find((s) => s >= rough * 0.999) ?? rough;
    const out = [];
    for (let i = Math.ceil(lo / step - 1e-9); i * step <= hi + step * 1e-9; i++) {
      out.push(Number((i * step).toPrecision(12)));
    }
    return out;
  }

  // ---- states in links -------------------------------------------------------------------------

  const codecs = {
    /** @param {number} lo @param {number} hi @returns {Codec<number>} */
    number: (lo, hi) => ({
      read: (t) => (t !== "" && Number(t) >= lo && Number(t) <= hi ? Number(t) : undefined),
      write: (v) => String(snap(v, 1e-6)),
      code: (v) => String(snap(v, 1e-6)),
    }),
    /** @param {number} least @param {number} most how many @param {number} lo @param {number} hi
     * @returns {Codec<number[]>} */
    numbers: (least, most, lo, hi) => ({
      read: (t) => {
        const all = (t === "" ? [] : t.split("_")).map((e) => (e === "" ? NaN : Number(e)));
        const good = all.length >= least && all.length <= most && all.every((v) => v >= lo && v <= hi);
        return good ? all : undefined;
      },
      write: (v) => v.map((e) => snap(e, 1e-6)).join("_"),
      code: (v) => `[${v.map((e) => snap(e, 1e-6)).join(", ")}]`,
    }),
    /** @param {RegExp} pattern of the whole word @returns {Codec<string>} */
    word: (pattern) => ({
      read: (t) => (pattern.test(t) ? t : undefined),
      write: (v) => v,
      code: (v) => JSON.stringify(v),
    }),
    /** @returns {Codec<boolean>} */
    flag: () => ({
      read: (t) => (t === "1" || t === "0" ? t === "1" : undefined),
      write: (v) => (v ? "1" : "0"),
      code: (v) => (v ? "True" : "False"),
    }),
  };

  /** @param {StateEntry} entry of a state.json @returns {Codec<any>} */
  function codec(entry) {
    if (entry.kind === "word") return codecs.word(new RegExp(`^(?:${entry.pattern})$`));
    if (entry.kind === "number") return codecs.number(entry.low, entry.high);
    if (entry.kind === "flag") return codecs.flag();
    return codecs.numbers(entry.least, entry.most, entry.low, entry.high);
  }

  /** The limits of an entry in state.json, for sliders and buttons. @param {string} key
   * @returns {{low: number, high: number, least: number, most: number}} */
  function limits(key) {
    const entry = KIT_STATE[key];
    if (entry.kind === "number") return { ...entry, least: 1, most: 1 };
    if (entry.kind === "numbers") return entry;
    throw new Error(`${key} is not a number, so it has no limits`);
  }

  /** @returns {any} a `StateFile<S>`: the type of state.json cannot be checked */
  function stateFile() {
    const entries = Object.entries(KIT_STATE);
    return {
      start: Object.fromEntries(entries.map(([key, entry]) => [key, entry.start])),
      codecs: Object.fromEntries(entries.map(([key, entry]) => [key, codec(entry)])),
    };
  }

  /**
   * @template {object} S
   * @param {Spec<S>} spec @param {S} state @returns {string} "theta:0.6,balls:wbwbb"
   */
  function write(spec, state) {
    const keys = /** @type {Array<keyof S & string>} */ (Object.keys(spec.codecs));
    return keys.map((key) => `${key}:${spec.codecs[key].write(state[key])}`).join(",");
  }

  /**
   * Read what `write` wrote; entries that are invalid or missing are taken from `base`.
   * @template {object} S
   * @param {Spec<S>} spec @param {string} text @param {S} base @returns {S}
   */
  function read(spec, text, base) {
    const state = { ...base };
    for (const pair of text.split(",")) {
      const colon = pair.indexOf(":");
      const key = /** @type {keyof S & string} */ (pair.slice(0, colon));
      if (colon < 0 || !Object.hasOwn(spec.codecs, key)) continue;
      const value = spec.codecs[key].read(pair.slice(colon + 1));
      if (value !== undefined) state[key] = value;
    }
    return state;
  }

  /** The part of a link's fragment that is meant for `key`. @param {string} hash
   * @param {string} key @returns {string | null} */
  function fragment(hash, key) {
    let text = hash.replace(/^#/, "");
    try {
      text = decodeURIComponent(text); // mail programs encode : and ,
    } catch {
      return null;
    }
    return text.startsWith(`${key}=`) ? text.slice(key.length + 1) : null;
  }

  // ---- elements --------------------------------------------------------------------------------

  /** @param {Element} node @param {Attrs} attrs @param {Child[]} children */
  function fill(node, attrs, children) {
    for (const [name, value] of Object.entries(attrs)) {
      if (typeof value === "function") node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== undefined && value !== false) node.setAttribute(name, String(value));
    }
    for (const child of children) {
      if (child !== null && child !== undefined && child !== false) {
        node.append(typeof child === "number" ? String(child) : child);
      }
    }
  }

  /**
   * @template {keyof HTMLElementTagNameMap} T
   * @param {T} tag @param {Attrs} [attrs] @param {Child[]} children
   * @returns {HTMLElementTagNameMap[T]}
   */
  function el(tag, attrs = {}, ...children) {
    const node = document.createElement(tag);
    fill(node, attrs, children);
    return node;
  }

  /**
   * @template {keyof SVGElementTagNameMap} T
   * @param {T} tag @param {Attrs} [attrs] @param {Child[]} children
   * @returns {SVGElementTagNameMap[T]}
   */
  function svg(tag, attrs = {}, ...children) {
    const node = /** @type {SVGElementTagNameMap[T]} */ (document.createElementNS(SVG, tag));
    fill(node, attrs, children);
    return node;
  }

  /** Balls in words: a screen reader would skip ○ and ●. @param {string} text
   * @returns {string} "white, black" for "○●" */
  function words(text) {
    return [...text].map((ball) => (ball === "●" ? "black" : "white")).join(", ");
  }

  /** A text in which every row of balls is a picture with a text alternative. In the dark theme
   * text is light, so ● would look like the white ball. @param {string} text @returns {Child[]} */
  function balls(text) {
    return text.split(/([○●]+)/).map((part) => {
      if (!/^[○●]/.test(part)) return part;
      const letters = [...part].map((ball) =>
        el("span", { class: `letter ${ball === "●" ? "black" : "white"}` }, ball));
      return el("span", { role: "img", "aria-label": words(part) }, ...letters);
    });
  }

  /** How far a finger may move during a tap, in pixels. */
  const TAP = 8;

  /**
   * Call `move` with the pointer's position in the drawing's coordinates while it is down. A mouse
   * moves at once. A finger may be scrolling the page: only a tap or a sideways move counts;
   * a move that starts upwards or downwards is left to the page.
   * @param {SVGElement} node what is dragged @param {SVGSVGElement} root
   * @param {(x: number, y: number) => void} move
   * @param {{held?: () => boolean, tap?: (x: number, y: number) => void}} [o] `held`: whether
   *   upward moves count too; `tap`: what a finger's tap does, by default `move`
   */
  function drag(node, root, move, { held = () => false, tap = move } = {}) {
    /** @type {"up" | "waiting" | "moving" | "scrolling"} */ let phase = "up";
    let [x0, y0] = [0, 0];
    const at = (/** @type {PointerEvent} */ event, go = move) => {
      const box = root.getBoundingClientRect();
      const view = root.viewBox.baseVal;
      go(
        ((event.clientX - box.left) / box.width) * view.width + view.x,
        ((event.clientY - box.top) / box.height) * view.height + view.y,
      );
    };
    node.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      node.setPointerCapture(event.pointerId);
      [x0, y0] = [event.clientX, event.clientY];
      phase = event.pointerType === "mouse" || held() ? "moving" : "waiting";
      if (event.pointerType === "mouse") at(event);
    });
    node.addEventListener("pointermove", (event) => {
      if (phase === "waiting") {
        const [across, along] = [Math.abs(event.clientX - x0), Math.abs(event.clientY - y0)];
        if (Math.max(across, along) > TAP) phase = across > along ? "moving" : "scrolling";
      }
      if (phase === "moving") at(event);
    });
    node.addEventListener("pointerup", (event) => {
      if (phase === "waiting") at(event, tap);
      phase = "up";
    });
    for (const end of ["pointercancel", "lostpointercapture"]) {
      node.addEventListener(end, () => {
        phase = "up";
      });
    }
  }

  /**
   * The same for the browser's own slider, which may jump to a finger that is only scrolling.
   * @param {HTMLInputElement} input
   * @param {(value: number) => void} tapped what to do with the value of a tap
   */
  function ignoreScrolling(input, tapped) {
    /** @type {"up" | "waiting" | "moving" | "scrolling"} */ let phase = "up";
    /** @type {number | undefined} */ let pending;
    let [x0, y0] = [0, 0];
    input.addEventListener("pointerdown", (event) => {
      [x0, y0, pending] = [event.clientX, event.clientY, undefined];
      phase = event.pointerType === "mouse" ? "up" : "waiting";
    });
    input.addEventListener("pointermove", (event) => {
      if (phase !== "waiting") return;
      const [across, along] = [Math.abs(event.clientX - x0), Math.abs(event.clientY - y0)];
      if (Math.max(across, along) > TAP) phase = across > along ? "moving" : "scrolling";
    });
    input.addEventListener("pointercancel", () => {
      phase = "scrolling";
    });
    input.addEventListener("pointerup", () => {
      if (phase === "waiting" && pending !== undefined) tapped(pending);
    });
    for (const end of ["touchend", "touchcancel"]) {
      // After the browser's own handling of the lifted finger.
      input.addEventListener(end, () => setTimeout(() => (phase = "up")), { passive: true });
    }
    return {
      /** Whether the slider's new value is meant. @param {HTMLInputElement} slider */
      accepts({ value }) {
        if (phase === "waiting") pending = Number(value);
        return phase === "up" || phase === "moving";
      },
    };
  }

  /** @param {number} length in pixels; rounded, because attributes would have 17 digits */
  function px(length) {
    return Math.round(length * 100) / 100;
  }

  // ---- plots -----------------------------------------------------------------------------------

  /**
   * @param {SVGGElement} layer @param {number} width @param {number} height
   * @param {{top: number, right: number, bottom: number, left: number}} margin
   * @returns {Painter}
   */
  function painter(layer, width, height, margin) {
    /** @type {[number, number]} */ let xs = [0, 1];
    /** @type {[number, number]} */ let ys = [0, 1];
    const right = width - margin.right;
    const bottom = height - margin.bottom;
    const x = (/** @type {number} */ v) =>
      px(margin.left + ((v - xs[0]) / (xs[1] - xs[0])) * (right - margin.left));
    // Values outside are clamped near the drawing: browsers fail at coordinates of 10⁹.
    const y = (/** @type {number} */ v) =>
      px(clamp(bottom - ((v - ys[0]) / (ys[1] - ys[0])) * (bottom - margin.top), -999, 9999));
    /** @param {keyof SVGElementTagNameMap} tag @param {Attrs} attrs @param {Child[]} children */
    const add = (tag, attrs, ...children) => layer.append(svg(tag, attrs, ...children));
    /** @param {Array<[number, number]>} points */
    const path = (points) => {
      let pen = "M";
      let d = "";
      for (const [a, b] of points) {
        if (!Number.isFinite(b)) {
          pen = "M";
          continue;
        }
        d += `${pen}${x(a)} ${y(b)}`;
        pen = "L";
      }
      return d;
    };
    return {
      width,
      x,
      y,
      back: (a, b) => [
        xs[0] + ((a - margin.left) / (right - margin.left)) * (xs[1] - xs[0]),
        ys[0] + ((bottom - b) / (bottom - margin.top)) * (ys[1] - ys[0]),
      ],
      scale: (a, b) => {
        xs = a;
        ys = b;
      },
      xAxis: ({ ticks, text = String, label }) => {
        add("path", { class: "axis", d: `M${margin.left} ${bottom}H${right}` });
        for (const t of ticks) {
          add("path", { class: "axis", d: `M${x(t)} ${bottom}v5` });
          add("text", { x: x(t), y: bottom + 18, "text-anchor": "middle" }, text(t));
        }
        const middle = (margin.left + right) / 2;
        add("text", { x: middle, y: bottom + 36, "text-anchor": "middle" }, label);
      },
      yAxis: ({ ticks, text = String, label }) => {
        add("path", { class: "axis", d: `M${margin.left} ${margin.top}V${bottom}` });
        for (const t of ticks) {
          add("path", { class: "grid", d: `M${margin.left} ${y(t)}H${right}` });
          add("text", { x: margin.left - 8, y: y(t) + 4, "text-anchor": "end" }, text(t));
        }
        add("text", { x: 2, y: 14 }, label);
      },
      line: (points, cls) => add("path", { class: `line ${cls}`, d: path(points) }),
      area: (points, cls) => {
        const ends = [points[points.length - 1][0], points[0][0]];
        const base = y(Math.max(0, ys[0]));
        const d = `${path(points)}L${x(ends[0])} ${base}L${x(ends[1])} ${base}Z`;
        add("path", { class: `area ${cls}`, d });
      },
      rect: (x0, y0, x1, y1, cls) => {
        const [a, b] = [Math.min(x(x0), x(x1)), Math.min(y(y0), y(y1))];
        const [w, h] = [Math.abs(x(x1) - x(x0)), Math.abs(y(y1) - y(y0))];
        add("rect", { class: cls, x: a, y: b, width: px(w), height: px(h) });
      },
      dot: (a, b, cls, r = 5) => add("circle", { class: `dot ${cls}`, cx: x(a), cy: y(b), r }),
      arrow: (x0, y0, x1, y1, cls) => {
        const [a, b, c, d] = [x(x0), y(y0), x(x1), y(y1)];
        const length = Math.hypot(c - a, d - b);
        if (length < 1) return;
        const [u, v] = [(c - a) / length, (d - b) / length];
        const head = Math.min(9, length);
        const wing = (/** @type {number} */ side) =>
          `${px(c - head * u - side * head * 0.5 * v)} ${px(d - head * v + side * head * 0.5 * u)}`;
        const stem = `${px(c - head * 0.8 * u)} ${px(d - head * 0.8 * v)}`;
        add("path", { class: `line ${cls}`, d: `M${a} ${b}L${stem}` });
        add("path", { class: `head ${cls}`, d: `M${c} ${d}L${wing(1)}L${wing(-1)}Z` });
      },
      write: (a, b, text, cls, { anchor = "middle", dx = 0, dy = 0 } = {}) =>
        add("text", { class: cls, x: x(a) + dx, y: y(b) + dy, "text-anchor": anchor }, text),
    };
  }

  // ---- the surrounding page --------------------------------------------------------------------

  /** @returns {"dark" | "light"} the theme of the book, JupyterLab, VS Code, Colab or the system */
  function theme() {
    const { documentElement: html, body } = document;
    const said = [html.dataset.theme, html.getAttribute("theme"), body.dataset.vscodeThemeKind];
    if (body.dataset.jpThemeLight) return body.dataset.jpThemeLight === "false" ? "dark" : "light";
    for (const word of said) {
      if (word && /dark|high-contrast$/.test(word)) return "dark";
      if (word && /light/.test(word)) return "light";
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  /** Links only make sense on a page of the book; in a notebook, code is copied instead. */
  function onBookPage() {
    return "content_root" in document.documentElement.dataset;
  }

  // ---- motion ----------------------------------------------------------------------------------

  /** Where a browser remembers that the reader wants, or does not want, motion. */
  const MOTION = "why-cross-entropy-motion";
  /** What the reader has said on this page, should the browser remember nothing. */
  let wish = "";

  /** Whether things may move: as the reader has said here, else as the system says. */
  function motion() {
    try {
      wish = localStorage.getItem(MOTION) ?? wish;
    } catch {
      // Some pages may not store anything.
    }
    return wish ? wish === "on" : !matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /** @param {() => void} end what to do when motion is switched off @returns {HTMLElement} */
  function motionSwitch(end) {
    const input = el("input", { type: "checkbox" });
    const look = () => {
      input.checked = motion();
    };
    input.addEventListener("change", () => {
      wish = input.checked ? "on" : "off";
      try {
        localStorage.setItem(MOTION, wish);
      } catch {
        // It holds for this explorable, then.
      }
      if (!input.checked) end();
    });
    look();
    input.addEventListener("focus", look); // another explorable may have switched it
    matchMedia("(prefers-reduced-motion: reduce)").addEventListener("change", look);
    return el("label", { class: "toggle" }, input, "Motion");
  }

  // ---- mounting --------------------------------------------------------------------------------

  /**
   * @template {object} S
   * @param {Spec<S>} spec @param {HTMLElement} host
   */
  function build(spec, host) {
    const count = document.querySelectorAll(`[data-explorable="${spec.name}"][data-live]`).length;
    const key = count ? `${spec.name}-${count + 1}` : spec.name;
    const first = read(spec, host.dataset.state ?? "", spec.start);
    let state = read(spec, fragment(location.hash, key) ?? "", first);

    /** @type {Array<(state: S) => void>} */ const updates = [];
    /** @type {Array<() => void>} */ const connected = [];
    /** Run when in the document; a part of the view may be made later. */
    const inPage = (/** @type {() => void} */ run) => void (host.shadowRoot ? run() : connected.push(run));
    let endMotion = () => {};
    let upright = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ let later;
    const live = el("div", { class: "unseen", "aria-live": "polite" });

    /** Where `bind` puts an update: those of a part that may be absent run only while it is there. */
    let binding = updates;

    const show = () => updates.forEach((update) => update(state));
    let held = false;
    const settle = () => {
      if (held) return;
      live.textContent = spec.say(state).replace(/[○●]+/g, words);
      if (!onBookPage()) return;
      try {
        history.replaceState(history.state, "", `#${key}=${write(spec, state)}`);
      } catch {
        // Browsers limit how often the address may change; the button still gives the link.
      }
    };

    // Announce only when changes pause: a screen reader cannot keep up with a slider.
    const settleSoon = () => {
      clearTimeout(later);
      later = setTimeout(settle, 500);
    };

    /** @type {Ui<S>} */
    const ui = {
      state: () => state,
      set: (patch) => {
        state = { ...state, ...patch };
        show();
        settleSoon();
      },
      bind: (update) => {
        binding.push(update);
        update(state);
      },
      when: (holds, make) => {
        const place = el("div", { class: "when" });
        /** @type {Child[] | undefined} */ let made;
        /** @type {Array<(state: S) => void>} */ const own = [];
        ui.bind((s) => {
          const wanted = holds(s);
          if (wanted && made) own.forEach((update) => update(s));
          if (wanted === place.hasChildNodes()) return;
          if (wanted) {
            const outer = binding;
            binding = own;
            made ??= make();
            binding = outer;
            fill(place, {}, made);
            return;
          }
          // What had the focus goes: its neighbour before it has the focus now.
          const active = host.shadowRoot?.activeElement;
          const inside = active && place.contains(active);
          place.replaceChildren();
          if (!inside) return;
          const stops = [.../** @type {ShadowRoot} */ (host.shadowRoot).querySelectorAll(STOPS)]
            .filter((stop) => stop.getClientRects().length > 0);
          const before = stops.filter((stop) =>
            place.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_PRECEDING);
          const next = /** @type {HTMLElement | undefined} */ (before.at(-1) ?? stops[0]);
          next?.focus({ preventScroll: true });
        });
        return place;
      },
      animate: (ms, frame, hold = false) => {
        endMotion();
        if (!motion()) {
          frame(1);
          show();
          return () => {};
        }
        let going = true;
        /** @type {number | undefined} */ let begun;
        const end = () => {
          if (!going) return;
          going = held = false;
          host.removeAttribute("data-moving");
          frame(1);
          show();
          if (hold) settleSoon();
        };
        const tick = (/** @type {number} */ now) => {
          if (!going) return;
          begun ??= now;
          const share = Math.min(1, (now - begun) / ms);
          if (share === 1) {
            end();
            return;
          }
          frame(share);
          show();
          requestAnimationFrame(tick);
        };
        endMotion = end;
        held = hold;
        host.setAttribute("data-moving", "");
        frame(0);
        show();
        requestAnimationFrame(tick);
        return end;
      },
      text: (what, attrs = {}) => {
        const node = el("p", attrs);
        ui.bind((s) => {
          const content = what(s);
          if (typeof content === "string" && node.textContent === content) return;
          node.replaceChildren();
          fill(node, {}, typeof content === "string" ? balls(content) : content);
        });
        return node;
      },
      slider: (o) => {
        const id = `wce${++ids}`;
        const value = el("span", { class: "value", "aria-hidden": "true" });
        const input = el("input", {
          type: "range",
          id,
          min: o.min,
          max: o.max,
          step: o.step,
          oninput: () => {
            if (finger.accepts(input)) ui.set(o.change(Number(input.value), state));
            else input.value = String(o.value(state));
          },
        });
        const finger = ignoreScrolling(input, (value) => ui.set(o.change(value, state)));
        ui.bind((s) => {
          const v = o.value(s);
          if (Number(input.value) !== v) input.value = String(v);
          value.textContent = o.text(v);
          input.setAttribute("aria-valuetext", o.text(v));
          input.style.setProperty("--at", `${((v - o.min) / (o.max - o.min)) * 100}%`);
        });
        const label = el("label", { for: id }, o.label, " ", value);
        return el("div", { class: `slider ${o.class ?? ""}` }, label, input);
      },
      button: (o) => {
        const node = el("button", {
          type: "button",
          "aria-label": o.label,
          onclick: () => {
            if (node.getAttribute("aria-disabled") === "true") return;
            const patch = o.press(state);
            if (patch) ui.set(patch);
          },
        });
        fill(node, {}, balls(o.text));
        ui.bind((s) => {
          if (o.off) node.setAttribute("aria-disabled", String(o.off(s)));
          if (o.pressed) node.setAttribute("aria-pressed", String(o.pressed(s)));
        });
        return node;
      },
      toggle: (o) => {
        const input = el("input", {
          type: "checkbox",
          onchange: () => ui.set(o.change(input.checked, state)),
        });
        ui.bind((s) => {
          input.checked = o.value(s);
        });
        return el("label", { class: "toggle" }, input, o.label);
      },
      choice: (o) => {
        const name = `wce${++ids}`;
        const items = o.options.map(({ value, text }) => {
          const input = el("input", {
            type: "radio",
            name,
            value,
            onchange: () => ui.set(o.change(value, state)),
          });
          ui.bind((s) => {
            input.checked = o.value(s) === value;
          });
          return el("label", { class: "toggle" }, input, text);
        });
        return el("fieldset", {}, el("legend", {}, o.label), ...items);
      },
      plot: (o) => {
        const layer = svg("g", { "aria-hidden": "true" });
        const grips = svg("g");
        const root = svg("svg", { class: "plot", height: o.height });
        // A picture has no parts for a screen reader, so handles must stand beside it.
        const picture = o.handles ? svg("g") : root;
        if (o.handles) root.setAttribute("role", "none");
        picture.setAttribute("role", "img");
        picture.append(layer);
        if (o.handles) root.append(picture, grips);
        const frame = el("div", { class: "frame" }, root);
        let width = 640;
        /** @type {Painter} */ let p;
        const handles = (o.handles ?? []).map((h) => {
          const grip = svg(
            "g",
            {
              class: `grip ${h.class ?? "model"}`,
              role: "slider",
              tabindex: 0,
              "aria-label": h.label,
              "aria-orientation": h.axis === "x" ? "horizontal" : "vertical",
              "aria-valuemin": h.min,
              "aria-valuemax": h.max,
            },
            svg("circle", { class: "reach", r: 18 }),
            svg("circle", { class: "knob", r: 9 }),
          );
          const change = (/** @type {number} */ v) =>
            ui.set(h.change(clamp(snap(v, h.step), h.min, h.max), state));
          // By finger, a vertical handle must first be tapped; then it follows. Otherwise the page
          // would scroll, because touch-action does nothing within a drawing.
          const own = () => /** @type {ShadowRoot} */ (grip.getRootNode());
          const held = () => h.axis === "y" && own().activeElement === grip;
          const take = () => grip.focus({ preventScroll: true });
          drag(grip, root, (a, b) => change(p.back(a, b)[h.axis === "x" ? 0 : 1]), { held, tap: take });
          grip.addEventListener("pointerdown", (event) => event.stopPropagation());
          grip.addEventListener("touchstart", (event) => held() && event.preventDefault(), {
            passive: false,
          });
          grip.addEventListener("keydown", (event) => {
            const v = h.value(state);
            const to = {
              ArrowRight: v + h.step,
              ArrowUp: v + h.step,
              ArrowLeft: v - h.step,
              ArrowDown: v - h.step,
              PageUp: v + 10 * h.step,
              PageDown: v - 10 * h.step,
              Home: h.min,
              End: h.max,
            }[event.key];
            if (to === undefined) return;
            event.preventDefault();
            change(to);
          });
          grips.append(grip);
          const place = () => {
            const v = h.value(state);
            const [a, b] = h.at(state);
            grip.setAttribute("transform", `translate(${p.x(a)} ${p.y(b)})`);
            grip.setAttribute("aria-valuenow", String(v));
            grip.setAttribute("aria-valuetext", h.text(v));
          };
          return { h, grip, change, take, place };
        });
        // A tap above or below a handle moves it there and selects it.
        const standing = handles.filter(({ h }) => h.axis === "y");
        upright ||= standing.length > 0;
        const reach = (/** @type {number} */ a, /** @type {number} */ b) => {
          const floor = o.height - o.margin.bottom;
          if (b < o.margin.top - TAP || b > floor + TAP) return;
          const off = standing
            .filter(({ grip }) => !grip.hasAttribute("hidden"))
            .map((one) => ({ one, far: Math.abs(p.x(one.h.at(state)[0]) - a) }));
          const { one, far } = off.reduce((best, next) => (next.far < best.far ? next : best));
          if (far > 24) return;
          one.take();
          one.change(p.back(a, b)[1]);
        };
        const draw = () => {
          layer.replaceChildren();
          root.setAttribute("viewBox", `0 0 ${width} ${o.height}`);
          picture.setAttribute("aria-label", o.label(state));
          p = painter(layer, width, o.height, o.margin);
          o.draw(p, state);
          handles.forEach(({ place }) => place());
        };
        ui.bind(draw);
        if (standing.length) drag(root, root, () => {}, { tap: reach });
        const move = o.drag;
        if (move) {
          root.classList.add("draggable");
          drag(root, root, (a, b) => {
            const patch = move(...p.back(a, b), state);
            if (patch) ui.set(patch);
          });
        }
        // One unit is one pixel at every width, so that the text never shrinks.
        inPage(() =>
          new ResizeObserver(() => {
            const now = Math.round(frame.clientWidth);
            if (now > 0 && now !== width) {
              width = now;
              draw();
            }
          }).observe(frame),
        );
        return frame;
      },
    };

    /** @param {Partial<S>} patch @param {S} s */
    const matches = (patch, s) => write(spec, { ...s, ...patch }) === write(spec, s);
    const mayOpen = spec.open ?? (() => true);
    const presets = ui.when(mayOpen, () =>
      spec.presets.map((o) =>
        ui.button({ ...o, press: () => o.state, pressed: (s) => matches(o.state, s) }),
      ),
    );
    presets.classList.add("row");
    presets.setAttribute("role", "group");
    presets.setAttribute("aria-label", "Settings to try");
    ui.bind((s) => {
      presets.hidden = !mayOpen(s);
    });
    const again = ui.button({
      text: "Start again",
      press: () => first,
      off: (s) => write(spec, s) === write(spec, first),
    });
    again.classList.add("quiet");
    const switched = spec.moves && motionSwitch(() => endMotion());

    const copyText = onBookPage() ? "Copy link" : "Copy as code";
    const shown = el("input", {
      class: "shown",
      readonly: true,
      hidden: true,
      "aria-label": "this setting, to copy",
    });
    const copy = el("button", { type: "button", class: "quiet" }, copyText);
    copy.addEventListener("click", async () => {
      const keys = /** @type {Array<keyof S & string>} */ (Object.keys(spec.codecs));
      const args = keys.map((k) => `${k}=${spec.codecs[k].code(state[k])}`);
      const text = onBookPage()
        ? `${location.href.split("#")[0]}#${key}=${write(spec, state)}`
        : `explorable(${[JSON.stringify(spec.name), ...args].join(", ")})`;
      try {
        await navigator.clipboard.writeText(text);
        copy.textContent = live.textContent = "Copied";
        setTimeout(() => {
          copy.textContent = copyText;
        }, 2000);
      } catch {
        // Without a clipboard, show the text so that it can be copied by hand.
        shown.value = text;
        shown.hidden = false;
        shown.focus();
        shown.select();
      }
    });

    const view = spec.view(ui);
    // Shown only on touch screens; see kit.css.
    const touch = upright && el("span", { class: "touch" }, " By finger: tap where a bar should end, or "
      + "tap its knob; then drag the knob.");
    const title = el("p", { class: "title", id: `wce${++ids}` }, ...balls(spec.title));
    const top = el(
      "div",
      { class: "wce", role: "group", "aria-labelledby": title.id },
      title,
      el("p", { class: "hint" }, ...balls(spec.hint), touch),
      el("p", { class: "task" }, el("b", {}, "Task:"), " ", ...balls(spec.task)),
      ...view,
      ui.text((s) => (held ? "…" : spec.say(s)), { class: "say" }),
      el(
        "div",
        { class: "row foot" },
        presets,
        el("div", { class: "row" }, switched, again, copy),
        shown,
      ),
      live,
    );

    // Nothing has failed, so hide the still picture. It is shown again in print.
    const root = host.attachShadow({ mode: "open" });
    root.append(el("style", {}, KIT_CSS), top, el("div", { class: "paper" }, el("slot")));
    host.dataset.live = key;
    // Otherwise JupyterLab uses the arrow keys to go to the next cell.
    host.setAttribute("data-lm-suppress-shortcuts", "");
    connected.forEach((start) => start());

    const paint = () => top.setAttribute("data-theme", theme());
    paint();
    const watch = new MutationObserver(paint);
    for (const node of [document.documentElement, document.body]) {
      watch.observe(node, { attributes: true });
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);

    const follow = () => {
      const text = fragment(location.hash, key);
      if (text === null) return;
      ui.set(read(spec, text, first));
      host.scrollIntoView({ block: "center" });
    };
    addEventListener("hashchange", follow);
    if (fragment(location.hash, key) !== null) {
      // After the layout is complete and the browser has done its own scrolling.
      addEventListener("load", () => host.scrollIntoView({ block: "center" }));
    }
  }

  /**
   * Make the still picture around this script interactive; if there is none (some programs run an
   * output's scripts elsewhere), the first picture of this name that is not interactive yet.
   * @template {object} S
   * @param {Definition<S>} definition
   */
  function mount(definition) {
    /** @type {Spec<S>} */ const spec = { ...definition, ...stateFile() };
    specs[spec.name] = spec;
    if (typeof document === "undefined") return;
    const place = `[data-explorable="${spec.name}"]:not([data-live])`;
    const own = /** @type {HTMLElement | null} */ (document.currentScript?.closest(place) ?? null);
    const start = () => {
      const host = own ?? /** @type {HTMLElement | null} */ (document.querySelector(place));
      if (host) build(spec, host);
      return host !== null;
    };
    if (!start()) addEventListener("DOMContentLoaded", start);
  }

  return {
    ...{ fixed, power, fromLog, unit, equals, clamp, snap, ticks },
    ...{ codecs, limits, read, write, fragment, el, svg, balls, words, drag, px, mount, specs },
  };
})();
