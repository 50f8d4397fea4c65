// Each chart has as many marks as the tables have rows.
import assert from 'node:assert/strict';
import path from 'node:path';
import { json, open } from './browser.mjs';

// The number of alarms with charts of their bursts.
const DETAILED_ALARMS = 6;

const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);

export async function audit(browser, folder) {
  const { page, context, failures } = await open(browser, path.join(folder, 'report.html'));
  const summary = json(folder, 'summary.json');
  const count = (selector) => page.locator(selector).count();

  const cells = await page.locator('.heat .cell').count();
  assert.equal(cells % 24, 0, 'the heat map has whole days');
  const attempts = await page.locator('.heat .count').allTextContents();
  assert.equal(sum(attempts.map(Number)), summary.attempts, 'the numbers of the heat map');

  const alarms = page.locator('article.alarm');
  const detailed = Math.min(DETAILED_ALARMS, summary.alarms.length);
  assert.ok(detailed > 0, 'there are alarms');
  assert.equal(await alarms.count(), detailed, 'a large chart for each of the busiest alarms');
  for (let index = 0; index < detailed; index += 1) {
    const alarm = alarms.nth(index);
    const name = (await alarm.locator('h3').textContent()).trim().split(' ')[0];
    const expected = summary.alarms.find((one) => one.alarm_name === name);
    const strips = await alarm.locator('figure').first().locator('.alarm-strip').count();
    assert.equal(strips, expected.episodes.length, `${name}: episodes in the overview`);
    const bars = await alarm.locator('.bursts .bar').count();
    const periods = sum(summary.rules.filter((rule) => expected.rules.includes(rule.rule)).map((rule) => rule.periods));
    assert.equal(bars, periods, `${name}: a bar for each period`);
  }
  const small = await count('.multiples .timeline');
  assert.equal(small, summary.alarms.length > 1 ? summary.alarms.length : 0, 'small multiples');

  assert.ok(summary.stories_total > 0, 'there are stories');
  assert.equal(await count('.card'), summary.stories_total, 'a card for each story');
  for (const [index, story] of summary.stories.entries()) {
    const marks = page.locator(`#story-${index + 1} .call:not(.call-span)`);
    const counts = await marks.evaluateAll((found) => found.map((mark) => Number(mark.dataset.count)));
    const callers = sum(story.callers.map((caller) => caller.calls));
    assert.equal(sum(counts), callers, `${story.name}: each call is in the time axis`);
  }

  const days = json(folder, 'coverage.json');
  assert.equal(await count('.day'), sum(days.map((row) => row.days)), 'a mark for each day');
  const gaps = sum(days.filter((row) => row.state === 'absent').map((row) => row.days));
  assert.equal(await count('.day.absent'), gaps, 'days without an object');

  assert.ok((await count('svg.chart')) > 0, 'there are charts');
  const labelled = await page.locator('svg.chart').evaluateAll((charts) =>
    charts.every((chart) => {
      const ids = chart.getAttribute('aria-labelledby').split(' ');
      return ids.every((id) => document.getElementById(id)?.textContent.trim());
    }),
  );
  assert.ok(labelled, 'each chart has a title and a text alternative');
  assert.deepEqual(failures, []);
  await context.close();
}

export async function backtest(browser, folder) {
  const { page, context, failures } = await open(browser, path.join(folder, 'report.html'));
  const rows = json(folder, 'backtest.json');
  const charts = page.locator('.curves');
  assert.equal(await charts.count(), 3, 'episodes, minutes, missed bursts');
  for (let index = 0; index < 3; index += 1) {
    const points = await charts.nth(index).locator('.point').count();
    assert.equal(points, rows.length, 'a point for each combination');
    const curves = await charts.nth(index).locator('.curve').count();
    assert.equal(curves, new Set(rows.map((row) => row.period_seconds)).size, 'a curve for each period');
  }
  assert.equal(await page.locator('table.alarms tbody tr').count(), rows.length);
  assert.deepEqual(failures, []);
  await context.close();
}
