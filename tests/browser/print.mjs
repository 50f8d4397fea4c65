// Printed on A4, no row of a table is cut, and each page of a table begins with its head.
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { modules, open } from './browser.mjs';

// Counts the elements of a role in the structure of a printed page.
function countRole(node, role) {
  const own = node.role === role ? 1 : 0;
  const children = (node.children ?? []).map((child) => countRole(child, role));
  return children.reduce((one, other) => one + other, own);
}

export async function print(browser, folder) {
  const { page, context, failures } = await open(browser, path.join(folder, 'report.html'));
  const pdf = await page.pdf({ preferCSSPageSize: true, tagged: true, printBackground: true });
  const rows = await page.locator('tr').count();
  const heads = await page.locator('thead tr').count();
  assert.deepEqual(failures, []);
  await context.close();

  const library = path.join(modules, 'pdfjs-dist/legacy/build/pdf.mjs');
  const { getDocument } = await import(pathToFileURL(library).href);
  const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
  assert.ok(document.numPages > 2);
  let printed = 0;
  for (let number = 1; number <= document.numPages; number += 1) {
    const sheet = await document.getPage(number);
    const [, , width, height] = sheet.view;
    assert.deepEqual([Math.round(width), Math.round(height)], [595, 842], 'A4');
    printed += countRole(await sheet.getStructTree(), 'TR');
    const { items } = await sheet.getTextContent();
    for (const item of items) {
      const [, , , , x] = item.transform;
      assert.ok(x >= 0 && x + item.width <= width + 1, `outside of the sheet: ${item.str}`);
    }
  }
  // A row that is cut is on two sheets. Heads are repeated, which is no cut.
  assert.ok(printed >= rows, `${printed} of ${rows} rows are printed`);
  assert.ok(printed - rows <= heads * document.numPages, `${printed - rows} rows are cut`);
  return { printed, rows, heads, sheets: document.numPages };
}
