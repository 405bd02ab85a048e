// SPDX-License-Identifier: MIT OR Apache-2.0
// Opens pages in the distribution's Chromium, takes a picture of each as people will see it, and
// has axe-core look at it. What axe-core objects to, a script, a request, a word on the console,
// and anything that sticks out of the window fails.
//
// usage: look.mjs CHROMIUM FOLDER NAME=LOOK[,LOOK...]...
//   opens FOLDER/NAME.html, pictures go to FOLDER/NAME-LOOK.png, prints to FOLDER/NAME.pdf; the
//   packages are looked for from the working directory
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.cwd(), "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const LOOKS = {
  light: { width: 1280, colorScheme: "light" },
  dark: { width: 1280, colorScheme: "dark" },
  narrow: { width: 360, colorScheme: "light" },
  narrowest: { width: 320, colorScheme: "dark" },
  // A4 less its margins; whoever prints at night wants paper to be white.
  print: { width: 680, colorScheme: "dark", media: "print" },
};
// What a picture shows at most, in pixels: long tables go on in the same way.
const TALLEST = 6000;
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const problems = [];

async function objections(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document));
  if (found.passes.length < 20) return ["axe-core looked at next to nothing"];
  return found.violations.flatMap((rule) => rule.nodes.map(
    (node) => `${rule.id}: ${rule.help}: ${node.target.join(" ")}`)).slice(0, 20);
}

function listen(page, complain) {
  page.on("console", (message) => complain(`console: ${message.text()}`));
  page.on("pageerror", (error) => complain(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.isNavigationRequest()) complain(`asks for ${request.url()}`);
  });
}

/** Whether the style sheet took effect: a policy that names another digest would forbid it. */
const isStyled = () => getComputedStyle(document.querySelector(".banner")).backgroundColor !== "rgba(0, 0, 0, 0)";
const sticksOut = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

async function look(browser, folder, name, key) {
  const { width, colorScheme, media } = LOOKS[key];
  const complain = (what) => problems.push(`${name} ${key}: ${what}`);
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  listen(page, complain);
  await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
  if (media) await page.emulateMedia({ media, colorScheme });
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.screenshot({ path: join(folder, `${name}-${key}.png`), fullPage: true,
    clip: { x: 0, y: 0, width, height: Math.min(height, TALLEST) } });
  if (media) {
    await page.pdf({ path: join(folder, `${name}.pdf`), preferCSSPageSize: true });
  } else {
    const wide = await page.evaluate(sticksOut);
    if (wide > 0) complain(`is ${wide} px wider than the window`);
    (await objections(page)).forEach(complain);
  }
  if (!await page.evaluate(isStyled)) complain("has no style");
  await context.close();
}

const [executablePath, folder, ...wanted] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: QUIET });
for (const each of wanted) {
  const [name, looks] = each.split("=");
  for (const key of looks.split(",")) await look(browser, resolve(folder), name, key);
}
await browser.close();
problems.forEach((problem) => console.error(problem));
process.exitCode = problems.length ? 1 : 0;
