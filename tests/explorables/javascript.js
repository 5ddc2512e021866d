// Runs the functions of one explorable in node, without a page: {name, calls} in, results out;
// {state} stands in for its state.json.
// A call is [where, ...arguments], for example ["math.factors", "wbb", 0.6]. JSON has no infinity,
// so it is passed as the string "Infinity".
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
