// Opens every page of the built book in Firefox and tries its explorable:
// node firefox.mjs FIREFOX FOLDER ADDRESS PLAY PAGE..., where PLAY is JSON: for a page, the name of
// its explorable, a preset, a slider and a key.
// Prints one line of JSON per page: requests to other hosts, errors, what is missing, the
// explorable's sentence after the preset and after the key, and what should not have been shown.
// (Playwright only drives its own build of Firefox; puppeteer-core drives Debian's.)
import puppeteer from "puppeteer-core";

const [firefox, folder, address, plays, ...pages] = process.argv.slice(2);
const toPlay = JSON.parse(plays);

// By the mouse, then by the keyboard.
async function play(page, {name, opening, preset, slider, key}) {
  const host = `document.querySelector('[data-explorable="${name}"][data-live]')`;
  await page.waitForFunction(`${host}?.shadowRoot`);
  const find = async (css, text) => {
    const handle = await page.evaluateHandle(`[...${host}.shadowRoot.querySelectorAll("${css}")]
      .find((e) => e.checkVisibility()
        && (e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent)
          .startsWith(${JSON.stringify(text)}))`);
    return handle.asElement();
  };
  const said = () => page.evaluate(`${host}.shadowRoot.querySelector(".say").textContent`);
  const still = () => page.waitForFunction(`!${host}.hasAttribute("data-moving")`);
  for (const button of opening) {
    await (await find("button", button)).click();
    await still();
  }
  await (await find("button", preset)).click();
  await still();
  const sentences = [await said()];
  await (await find("input, [role=slider]", slider)).evaluate((e) => e.focus());
  await page.keyboard.press(key);
  sentences.push(await said());
  const wrong = await page.evaluate(`${host}.shadowRoot.querySelector(".wce").outerHTML
    .match(/NaN|undefined|Infinity/g) ?? []`);
  return {sentences, wrong};
}

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: firefox,
  headless: true,
  args: ["--width=1280", "--height=900"],
});
for (const name of pages) {
  for (const home of [address, folder]) {
    const page = await browser.newPage();
    const outside = [];
    const trouble = [];
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(home) && !/^(data|blob|about):/.test(url)) outside.push(url);
    });
    page.on("requestfailed", (request) => trouble.push(`not loaded: ${request.url()}`));
    // While a page is still loading, Firefox may warn about an incomplete formula. The formulas are
    // checked below, when the page is complete.
    page.on("pageerror", ({message}) => {
      if (!message.startsWith("Invalid markup:")) trouble.push(`exception: ${message}`);
    });
    page.on("console", (message) => {
      if (message.type() === "error") trouble.push(`error: ${message.text()}`);
    });
    await page.goto(home + name, {waitUntil: "load"});
    await page.evaluate(() => document.fonts.ready.then(() => null));
    await new Promise((done) => setTimeout(done, 300));
    const missing = await page.evaluate(() => {
      const letters = [...document.querySelectorAll("mjx-mi > mjx-c")];
      const fonts = [...document.fonts].filter((font) => font.family.startsWith("MJX"));
      return [
        ...[...document.images].filter((i) => !i.complete || !i.naturalWidth).map((i) => i.src),
        ...[...document.querySelectorAll(".math")]
          .filter((e) => !e.querySelector("mjx-container")).map((e) => e.textContent),
        ...(letters.some((e) => !e.getBoundingClientRect().width) ? ["letters of a formula"] : []),
        ...(letters.length && !fonts.some((f) => f.status === "loaded") ? ["MathJax's fonts"] : []),
        ...[...document.querySelectorAll("math *")].filter(({localName, children}) => {
          const parts = {msub: 2, msup: 2, mfrac: 2, mroot: 2, munder: 2, mover: 2, msubsup: 3, munderover: 3};
          return localName in parts && children.length !== parts[localName];
        }).map((e) => e.outerHTML),
        ...(document.documentElement.scrollWidth > innerWidth ? ["scrolls sideways"] : []),
      ];
    });
    const played = name in toPlay ? await play(page, toPlay[name]) : {};
    console.log(JSON.stringify({page: home + name, outside, trouble, missing, ...played}));
    await page.close();
  }
}
await browser.close();
