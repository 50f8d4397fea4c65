// Hostile strings in every field are only text.
import assert from 'node:assert/strict';
import path from 'node:path';
import { open } from './browser.mjs';

export async function hostile(browser, folder, marker, plain) {
  const { page, context, failures } = await open(browser, path.join(folder, 'report.html'));
  const scripts = await page.locator('script').count();
  assert.equal(scripts, 1, 'the only script is that of the page');
  const ran = await page.evaluate(() => globalThis.hostile ?? document.documentElement.dataset.hostile);
  assert.equal(ran, undefined, 'no script of a record ran');
  const shape = () => {
    const allowed = new Set();
    for (const element of document.querySelectorAll('*')) {
      const names = element.getAttributeNames().join(' ');
      allowed.add(`${element.tagName.toLowerCase()} ${names}`);
    }
    return [...allowed].sort();
  };
  const shapes = await page.evaluate(shape);
  const other = await open(browser, path.join(plain, 'report.html'));
  const known = new Set(await other.page.evaluate(shape));
  await other.context.close();
  // Each element has a tag and attributes that a harmless report has, too.
  const made = shapes.filter((one) => !known.has(one));
  assert.deepEqual(made, [], 'no element and no attribute was made');
  const links = await page.locator('a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  assert.ok(links.every((link) => link.startsWith('#')), 'no link leaves the page');
  const text = await page.locator('body').evaluate((body) => body.textContent);
  assert.ok(text.includes(marker), 'the strings are shown');
  assert.ok(text.includes('\\u{202e}') && text.includes('\\u{1b}'), 'controls are visible');
  // eslint-disable-next-line no-control-regex
  assert.ok(!/[\u202a-\u202e\u2066-\u2069\u001b\u200b-\u200f]/.test(text), 'and not themselves');
  assert.ok(text.includes('{{ 7 * 7 }}') && !text.includes('{{ 49 }}'), 'no template ran');
  assert.deepEqual(failures, []);
  await context.close();
}
