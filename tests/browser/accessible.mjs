// axe-core finds nothing, on light and dark.
import assert from 'node:assert/strict';
import path from 'node:path';
import { axe, open } from './browser.mjs';

export async function accessible(browser, folder) {
  for (const colorScheme of ['light', 'dark']) {
    // The policy of the page would stop the script of axe, too; the page itself is tested with it.
    const file = path.join(folder, 'report.html');
    const { page, context } = await open(browser, file, { colorScheme, bypassCSP: true });
    await page.locator('details').evaluateAll((all) => all.forEach((one) => { one.open = true; }));
    await page.addScriptTag({ content: axe });
    for (const selector of ['svg.chart', 'table']) {
      assert.ok((await page.locator(selector).count()) > 0, `${selector}: ${folder}`);
    }
    const { violations, passes } = await page.evaluate(() => window.axe.run());
    const found = violations.map((one) => `${one.id}: ${one.nodes[0].html} ${one.nodes[0].failureSummary}`);
    assert.deepEqual(found, [], `${colorScheme}: ${folder}`);
    // A rule that could not be checked is not a violation.
    assert.ok(passes.some((one) => one.id === 'color-contrast'), `no contrast was checked: ${folder}`);
    await context.close();
  }
}
