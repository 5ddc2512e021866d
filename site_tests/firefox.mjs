// Reads every page of the built book in Firefox: node firefox.mjs FIREFOX FOLDER ADDRESS PAGE...
// Prints one line of JSON a page: what was asked of other hosts, what went wrong, what is missing.
// (Playwright for Python drives only Firefoxes of its own making; puppeteer-core drives Debian's.)
import puppeteer from "puppeteer-core";

const [firefox, folder, address, ...pages] = process.argv.slice(2);
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
    page.on("pageerror", (error) => trouble.push(`exception: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") trouble.push(`error: ${message.text()}`);
    });
    await page.goto(home + name, {waitUntil: "load"});
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
        ...(document.documentElement.scrollWidth > innerWidth ? ["scrolls sideways"] : []),
      ];
    });
    console.log(JSON.stringify({page: home + name, outside, trouble, missing}));
    await page.close();
  }
}
await browser.close();
