// @ts-nocheck This runs in the browser; the kit's types are those of Node.
// Copy buttons, and what phones and printers need.
(() => {
  const SHOWN_MS = 1500;

  for (const figure of document.querySelectorAll('figure.code:not(.apart)')) {
    figure.append(copyButton(() => textOf(figure)));
  }
  // What is typed into several terminals is copied command by command; a part to fill in has to be typed.
  for (const figure of document.querySelectorAll('figure.apart')) {
    for (const commands of commandsOf(figure)) {
      if (commands.some((part) => part.querySelector('.varies'))) continue;
      const button = copyButton(() => joined(commands));
      button.classList.add('small');
      commands.at(-1).after(button);
    }
  }

  function copyButton(text) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      button.textContent = (await copy(text())) ? 'Copied' : 'Not allowed';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, SHOWN_MS);
    });
    return button;
  }

  /** The lines of each command. */
  function commandsOf(figure) {
    const commands = [];
    for (const prompt of figure.querySelectorAll('.prompt')) {
      const command = prompt.nextElementSibling;
      if (prompt.classList.contains('goes-on')) commands.at(-1).push(command);
      else commands.push([command]);
    }
    return commands;
  }

  function joined(commands) {
    return commands.map((command) => `${command.textContent}\n`).join('');
  }

  /** Of a transcript the commands only, also of one that is only to be read. */
  function textOf(figure) {
    if (!figure.classList.contains('console')) {
      const text = figure.querySelector('code').textContent;
      const typed = text.match(/^\$ .*\n/gm);
      return typed ? typed.map((line) => line.slice(2)).join('') : text;
    }
    return joined([...figure.querySelectorAll('.command')]);
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  }

  // A phone is too narrow for some tables: there a row becomes a list. Tables with the same columns look the same.
  const narrow = matchMedia('(max-width: 30rem)');
  const headOf = (table) => table.querySelector('thead').textContent;
  function stackTables() {
    const tables = [...document.querySelectorAll('.table')];
    for (const table of tables) table.classList.remove('stacked');
    const isWide = (table) => narrow.matches && table.scrollWidth > table.clientWidth;
    const wide = new Set(tables.filter(isWide).map(headOf));
    for (const table of tables) table.classList.toggle('stacked', wide.has(headOf(table)));
  }
  for (const row of document.querySelectorAll('.table tbody tr')) {
    const names = [...row.closest('table').querySelectorAll('th')].map(({ textContent }) => textContent);
    for (const [at, cell] of [...row.cells].entries()) cell.dataset.column = names[at];
  }
  stackTables();
  narrow.addEventListener('change', stackTables);

  // On a narrow screen the lists would push the lesson out of sight.
  if (matchMedia('(max-width: 60rem)').matches) {
    for (const list of document.querySelectorAll('nav > details')) list.open = false;
  }

  // Nobody can unfold paper.
  let folded = [];
  addEventListener('beforeprint', () => {
    folded = [...document.querySelectorAll('main details:not([open])')];
    for (const details of folded) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of folded) details.open = false;
  });
})();
