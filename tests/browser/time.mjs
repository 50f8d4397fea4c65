// Measures how soon a page is shown: from the start of the navigation to the second frame, each time
// with a new browser. Argument: the page.
import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { launch } from './browser.mjs';

const RUNS = 5;
const file = process.argv[2];

// Returns the milliseconds until the page is shown, and the number of its rows.
async function show() {
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  const start = performance.now();
  await page.goto(pathToFileURL(file).href);
  const frame = () => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });
  await page.evaluate(frame);
  const time = performance.now() - start;
  const rows = await page.locator('tr').count();
  await browser.close();
  return { time, rows };
}

const shown = [];
for (let run = 0; run < RUNS; run += 1) shown.push(await show());
const times = shown.map((one) => one.time).sort((one, other) => one - other);
const seconds = (time) => `${(time / 1000).toFixed(2)} s`;
console.log(`size     ${(statSync(file).size / 1e6).toFixed(1)} MB`);
console.log(`rows     ${shown[0].rows}`);
console.log(`median   ${seconds(times[Math.floor(RUNS / 2)])}`);
console.log(`longest  ${seconds(times[RUNS - 1])}`);
