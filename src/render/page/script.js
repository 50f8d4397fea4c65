// Search and sort for the tables of the page. Without this script they are the same tables.
(() => {
  'use strict';
  const texts = document.body.dataset;

  // A table with few rows needs no field to search in it.
  const SEARCHABLE_ROWS = 8;

  const rowsOf = (table) => Array.from(table.tBodies[0].rows);

  function addSearch(table) {
    if (table.tBodies[0].rows.length < SEARCHABLE_ROWS) return;
    const bar = document.createElement('div');
    bar.className = 'search';
    const input = document.createElement('input');
    input.type = 'search';
    input.placeholder = texts.search;
    input.setAttribute('aria-label', `${texts.search}: ${table.caption.textContent}`);
    const count = document.createElement('span');
    count.setAttribute('role', 'status');
    bar.append(input, count);
    table.parentElement.before(bar);
    input.addEventListener('input', () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rowsOf(table)) {
        const text = row.textContent.toLowerCase();
        const isShown = words.every((word) => text.includes(word));
        row.hidden = !isShown;
        shown += isShown ? 1 : 0;
      }
      const total = table.tBodies[0].rows.length;
      count.textContent = words.length ? `${shown} / ${total} ${texts.shown}` : '';
    });
  }

  const valueOf = (row, index) => {
    const cell = row.cells[index];
    const order = cell.dataset.order;
    return order === undefined ? cell.textContent : Number(order);
  };

  const compare = (one, other) => {
    if (typeof one === 'number' && typeof other === 'number') return one - other;
    return String(one).localeCompare(String(other), undefined, { numeric: true });
  };

  function sort(table, index, header) {
    const isRising = header.getAttribute('aria-sort') !== 'ascending';
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    header.setAttribute('aria-sort', isRising ? 'ascending' : 'descending');
    const rows = rowsOf(table).map((row) => [valueOf(row, index), row]);
    const sign = isRising ? 1 : -1;
    rows.sort(([one], [other]) => sign * compare(one, other));
    table.tBodies[0].append(...rows.map(([, row]) => row));
  }

  function addSort(table) {
    if (table.tBodies[0].rows.length < 2) return;
    Array.from(table.tHead.rows[0].cells).forEach((header, index) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.title = texts.sort;
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener('click', () => sort(table, index, header));
    });
  }

  for (const table of document.querySelectorAll('table[data-searchable]')) {
    addSearch(table);
    addSort(table);
  }

  // A sheet of paper cannot be clicked, so everything is open on it.
  const closed = [];
  addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('details:not([open])')) {
      details.open = true;
      closed.push(details);
    }
  });
  addEventListener('afterprint', () => {
    for (const details of closed.splice(0)) details.open = false;
  });
})();
