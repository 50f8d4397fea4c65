// Takes the pictures of the page in the documentation. Arguments: the folder with the reports `en`
// and `ko`, the folder of the pictures.
import path from 'node:path';
import { launch, open } from './browser.mjs';

const [reports, pictures] = process.argv.slice(2);
const viewport = { width: 1180, height: 1500 };

async function take(browser, name, report, options = {}, top = undefined) {
  const file = path.join(reports, report, 'report.html');
  const { page, context } = await open(browser, file, { viewport, ...options });
  if (top) await page.locator(top).evaluate((element) => element.scrollIntoView());
  await page.screenshot({ path: path.join(pictures, `${name}.png`) });
  await context.close();
}

const browser = await launch();
await take(browser, 'report-light', 'en');
await take(browser, 'report-dark', 'en', { colorScheme: 'dark' }, '#alarms');
await take(browser, 'report-korean', 'ko');
await browser.close();
