// Search and sort, and the page without its script.
import assert from 'node:assert/strict';
import path from 'node:path';
import { json, open } from './browser.mjs';

export async function searchAndSort(browser, folder) {
  const { page, context, failures } = await open(browser, path.join(folder, 'report.html'));
  const attempts = json(folder, 'attempts.json');
  const table = page.locator('table.attempts');
  const rows = table.locator('tbody tr');
  assert.equal(await rows.count(), attempts.length);

  const [first] = attempts.filter((attempt) => attempt.event_id);
  const field = page.locator('.search:has(+ .table table.attempts) input');
  await field.fill(first.event_id);
  assert.equal(await rows.locator('visible=true').count(), 1, 'an event ID finds its row');
  await field.fill('no such row');
  assert.equal(await rows.locator('visible=true').count(), 0);
  await field.fill('');
  assert.equal(await rows.locator('visible=true').count(), attempts.length);

  const column = async (selector, index) =>
    page.locator(`${selector} tbody tr td:nth-child(${index + 1})`).evaluateAll((cells) =>
      cells.map((cell) => (cell.dataset.order === undefined ? cell.textContent : Number(cell.dataset.order))),
    );
  const durations = page.locator('table.episodes th').nth(3);
  for (const [order, sign] of [['ascending', 1], ['descending', -1]]) {
    await durations.locator('button').click();
    assert.equal(await durations.getAttribute('aria-sort'), order);
    const values = await column('table.episodes', 3);
    assert.ok(values.length > 1, 'there are durations to sort');
    assert.deepEqual(values, [...values].sort((one, other) => sign * (one - other)), `durations ${order}`);
  }
  const times = table.locator('th').first();
  await times.locator('button').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  const values = await column('table.attempts', 0);
  assert.ok(values.length > 1, 'there are times to sort');
  assert.deepEqual(values, [...values].sort().reverse(), 'times descending, by keyboard');
  assert.deepEqual(failures, []);
  await context.close();
}

export async function withoutScript(browser, folder) {
  const file = path.join(folder, 'report.html');
  const { page, context, failures } = await open(browser, file, { javaScriptEnabled: false });
  const summary = json(folder, 'summary.json');
  const heading = (await page.locator('h1').textContent()).trim();
  assert.equal(heading, summary.answer, 'the answer comes first');
  assert.equal(await page.locator('table.attempts tbody tr').count(), summary.attempts);
  assert.equal(await page.locator('.search, th button').count(), 0, 'no control that does nothing');
  await page.locator('summary').first().click();
  assert.ok(await page.locator('details[open] table').first().isVisible());
  assert.deepEqual(failures, []);
  await context.close();
}
