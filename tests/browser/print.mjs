// Printed on A4, no row of a table is cut, and nothing is outside of the sheet.
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { modules, open } from './browser.mjs';

// Counts the elements of a role in the structure of a printed sheet.
function countRole(node, role) {
  const own = node.role === role ? 1 : 0;
  const children = (node.children ?? []).map((child) => countRole(child, role));
  return children.reduce((one, other) => one + other, own);
}

async function sheetsOf(pdf) {
  const library = path.join(modules, 'pdfjs-dist/legacy/build/pdf.mjs');
  // The library says that it cannot draw, which nobody asks of it here.
  const { log } = console;
  console.log = () => {};
  const { getDocument } = await import(pathToFileURL(library).href);
  console.log = log;
  const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
  const numbers = Array.from({ length: document.numPages }, (_, index) => index + 1);
  return Promise.all(numbers.map((number) => document.getPage(number)));
}

// Prints a page, and returns its sheets and the number of rows in it.
async function printed(browser, folder, style) {
  const file = path.join(folder, 'report.html');
  const { page, context, failures } = await open(browser, file, { bypassCSP: Boolean(style) });
  if (style) await page.addStyleTag({ content: style });
  const pdf = await page.pdf({ preferCSSPageSize: true, tagged: true, printBackground: true });
  const rows = await page.locator('tr').count();
  assert.deepEqual(failures, []);
  await context.close();
  return { rows, sheets: await sheetsOf(pdf) };
}

async function countRows(sheets) {
  let count = 0;
  for (const sheet of sheets) count += countRole(await sheet.getStructTree(), 'TR');
  return count;
}

export async function print(browser, folder) {
  // A row that is cut is in the structure of two sheets. Heads that are repeated would be, too, so
  // they are not repeated where rows are counted.
  const once = '@media print { thead { display: table-row-group !important; } }';
  const counted = await printed(browser, folder, once);
  assert.equal(await countRows(counted.sheets), counted.rows, 'no row is cut');

  // Rows of several lines, so that a cut goes through text.
  const cut = `${once} @media print { tr { break-inside: auto !important; } td { line-height: 60px; } }`;
  const broken = await printed(browser, folder, cut);
  assert.ok((await countRows(broken.sheets)) > broken.rows, 'rows that are cut would be noticed');

  const { sheets } = await printed(browser, folder);
  assert.ok(sheets.length > 2);
  let heads = 0;
  for (const sheet of sheets) {
    const [, , width, height] = sheet.view;
    assert.deepEqual([Math.round(width), Math.round(height)], [595, 842], 'A4');
    const { items } = await sheet.getTextContent();
    for (const { str, width: length, transform } of items.filter((item) => item.str.trim())) {
      const x = transform[4];
      assert.ok(x >= 0 && x + length <= width + 1, `outside of the sheet: ${str}`);
    }
    const text = items.map((item) => item.str.replaceAll(' ', '')).join('');
    heads += text.includes('accountandregion') && text.includes('evidence') ? 1 : 0;
  }
  assert.ok(heads > 1, 'the head of a long table is repeated');
}
