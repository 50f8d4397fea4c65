// The browser, and what it may not do while it shows a page.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export const modules = process.env.BACKTRAIL_NODE_MODULES;
const require = createRequire(path.join(modules, 'index.js'));
const { chromium } = require('playwright-core');

export const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM, args: ARGUMENTS });

// Opens a page. Every message of the console, every error and every request that leaves the file
// is a failure.
export async function open(browser, file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const failures = [];
  const url = pathToFileURL(file).href;
  page.on('console', (message) => failures.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => failures.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    failures.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url) failures.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return { context, page, failures };
}

export const json = (folder, name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
