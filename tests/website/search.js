// Runs the search page's script without a page: node search.js, a JSON request on standard input.
const fs = require("node:fs");
const {minisearch, script, rows, queries} = JSON.parse(fs.readFileSync(0, "utf-8"));
const MiniSearch = require(minisearch);
const Search = new Function("MiniSearch", `${fs.readFileSync(script, "utf-8")}; return Search;`)(MiniSearch);
const index = Search.index(rows);
const answers = queries.map((query) =>
  Search.find(index, query).map((place) => [place.address, Search.sentence(place.text, query)]));
process.stdout.write(JSON.stringify(answers));
