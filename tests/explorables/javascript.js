// Runs the functions of one explorable in node, without a page: {name, calls} in, results out;
// {state} stands in for its state.json.
// A call is [where, ...arguments], for example ["math.factors", "wbb", 0.6]. JSON has no infinity:
// it travels as the text "Infinity".
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const vm = require("node:vm");

const { name, calls, state } = JSON.parse(readFileSync(0, "utf8"));
const folder = join(__dirname, "..", "..", "lib", "explorables");
const read = (file, otherwise) => {
  try {
    return readFileSync(join(folder, file), "utf8");
  } catch {
    return otherwise;
  }
};
const code = `"use strict";\n${read("kit/kit.js")}\n${read(`${name}/${name}.js`)}
({ kit, math: ${name}Math, spec: kit.specs.${name} })`;
const sandbox = {
  KIT_CSS: "",
  KIT_STATE: state ?? JSON.parse(read(`${name}/state.json`)),
  KIT_DATA: JSON.parse(read(`${name}/data.json`, "null")),
};
const world = vm.runInNewContext(code, sandbox);

// ["pointer.places", [["pointerdown", 50, 50, "touch"], ...], held]: to where `kit.drag` moves,
// when a drawing of 100 by 100 pixels receives these events.
world.pointer = {
  places(events, held) {
    const heard = {};
    const node = {
      addEventListener: (type, listener) => (heard[type] ??= []).push(listener),
      setPointerCapture() {},
    };
    const root = {
      getBoundingClientRect: () => ({ left: 0, top: 0, width: 100, height: 100 }),
      viewBox: { baseVal: { x: 0, y: 0, width: 100, height: 100 } },
    };
    const places = [];
    world.kit.drag(node, root, (x, y) => places.push([x, y]), { held: () => Boolean(held) });
    for (const [type, clientX, clientY, pointerType] of events) {
      const event = { clientX, clientY, pointerType, button: 0, isPrimary: true, pointerId: 1 };
      for (const listener of heard[type]) listener(event);
    }
    return places;
  },
};

const results = calls.map(([where, ...args]) => {
  const path = where.split(".");
  const last = path.pop();
  const owner = path.reduce((object, key) => object[key], world);
  return typeof owner[last] === "function" ? owner[last](...args) : owner[last];
});
const encoded = JSON.stringify(results, (_, value) => {
  if (typeof value === "function") return undefined;
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value ?? null;
});
process.stdout.write(encoded);
