// Runs the functions of explorables in node, without a page: on each line {name, calls} in, on each
// line {results} or {error} out; {state} stands in for the explorable's state.json. One process
// answers all, for node takes longer to start than to answer; each line is answered in a world of
// its own, read anew.
// A call is [where, ...arguments], for example ["math.factors", "wbb", 0.6]. JSON has no infinity:
// it travels as the text "Infinity".
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { createInterface } = require("node:readline");
const vm = require("node:vm");

const folder = join(__dirname, "..", "..", "lib", "explorables");

function read(file, otherwise) {
  try {
    return readFileSync(join(folder, file), "utf8");
  } catch {
    return otherwise;
  }
}

function answer({ name, calls, state }) {
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
  return calls.map(([where, ...args]) => {
    const path = where.split(".");
    const last = path.pop();
    const owner = path.reduce((object, key) => object[key], world);
    return typeof owner[last] === "function" ? owner[last](...args) : owner[last];
  });
}

function encode(results) {
  return JSON.stringify(results, (_, value) => {
    if (typeof value === "function") return undefined;
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value ?? null;
  });
}

createInterface({ input: process.stdin }).on("line", (line) => {
  let reply;
  try {
    reply = encode({ results: answer(JSON.parse(line)) });
  } catch (error) {
    reply = JSON.stringify({ error: String(error?.stack ?? error) });
  }
  process.stdout.write(`${reply}\n`);
});
