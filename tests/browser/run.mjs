// Runs all tests of the page. Arguments: the folder with the reports.
import path from 'node:path';
import { launch } from './browser.mjs';
import { accessible } from './accessible.mjs';
import { hostile } from './hostile.mjs';
import { audit, backtest } from './marks.mjs';
import { print } from './print.mjs';
import { searchAndSort, withoutScript } from './tables.mjs';

const folder = (name) => path.join(process.argv[2], name);
const browser = await launch();
const tests = [
  ['marks of an audit', () => audit(browser, folder('sample'))],
  ['marks of an audit of all rules', () => audit(browser, folder('all'))],
  ['marks of a back-test', () => backtest(browser, folder('backtest'))],
  ['search and sort', () => searchAndSort(browser, folder('sample'))],
  ['without the script', () => withoutScript(browser, folder('sample'))],
  ['accessible audit', () => accessible(browser, folder('sample'))],
  ['accessible audit of all rules', () => accessible(browser, folder('all'))],
  ['accessible back-test', () => accessible(browser, folder('backtest'))],
  ['print', () => print(browser, folder('sample'))],
  ['hostile strings', () => hostile(browser, folder('hostile'), '<script>', folder('all'))],
];
let failed = 0;
for (const [name, test] of tests) {
  try {
    await test();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.message}`);
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
