// Reads the files of lib.coding without lib: another program, from the description alone.
//
//   node read_coding.js < question.json
//
// The question is {file: hex, n, totalBits, tables: [[0, ...], ...]} or, with "counting" in the
// place of "tables", {K, twice}: a counter for each symbol starts at twice / 2. It writes
// {symbols, checksum} and whether the file's own checksum is this one. All numbers are BigInt.
"use strict";

const ONES = (1n << 32n) - 1n;

/** CRC-32 bit by bit, as IEEE 802.3 has it. @param {number[]} bytes */
function crc32(bytes) {
  let register = ONES;
  for (const byte of bytes) {
    register ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      register = register & 1n ? (register >> 1n) ^ 0xedb88320n : register >> 1n;
    }
  }
  return register ^ ONES;
}

/** Most significant byte first. @param {number} value @param {number} count */
const bytesOf = (value, count) =>
  Array.from({ length: count }, (_, i) => Number((BigInt(value) >> BigInt(8 * (count - 1 - i))) & 255n));

/** Fences of whole-number weights. @param {bigint[]} weights @param {bigint} units */
function fences(weights, units) {
  const K = BigInt(weights.length);
  const all = weights.reduce((a, b) => a + b, 0n);
  let sum = 0n;
  return [0n, ...weights.map((w, k) => BigInt(k + 1) + ((units - K) * (sum += w)) / all)];
}

/**
 * The message whose piece of the strip holds the number 0.b1b2b3..., read as one exact fraction:
 * low and the number stay over one power of two, and nothing is shifted away.
 */
function read(/** @type {any} */ { file, n, totalBits, tables, counting }) {
  const bytes = [...Buffer.from(file, "hex")];
  const units = 1n << BigInt(totalBits);
  const body = bytes.slice(4);
  let number = body.length ? BigInt(`0x${Buffer.from(body).toString("hex")}`) : 0n;
  let places = 8n * BigInt(body.length); // the number is number / 2^places
  const magnify = (/** @type {bigint} */ by) => {
    number <<= by;
    places += by;
  };
  magnify(63n);
  let [low, width, digits] = [0n, 1n << 63n, 63n]; // the piece: over 2^digits
  const symbols = [];
  const counts = counting ? Array(counting.K).fill(BigInt(counting.twice)) : [];
  for (let i = 0; i < n; i++) {
    const fence = counting ? fences(counts, units) : tables[i].map(BigInt);
    if (places < digits) magnify(digits - places);
    const unit = width / units;
    const offset = (number >> (places - digits)) - low;
    const symbol = fence.findIndex((_, k) => k + 1 < fence.length && offset < unit * fence[k + 1]);
    if (symbol < 0) return { error: `nothing at position ${i}` };
    symbols.push(symbol);
    if (counting) counts[symbol] += 2n;
    low += unit * fence[symbol];
    width = unit * (fence[symbol + 1] - fence[symbol]);
    while (width < 1n << 63n) [low, width, digits] = [2n * low, 2n * width, digits + 1n];
  }
  const said = BigInt(`0x${Buffer.from(bytes.slice(0, 4)).toString("hex")}`);
  const content = [...bytesOf(n, 8), ...symbols.flatMap((symbol) => bytesOf(symbol, 4))];
  return { symbols, intact: crc32(content) === said };
}

const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk));
process.stdin.on("end", () => {
  const questions = JSON.parse(Buffer.concat(chunks).toString());
  process.stdout.write(JSON.stringify(questions.map(read)));
});
