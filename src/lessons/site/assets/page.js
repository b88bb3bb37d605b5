// @ts-nocheck This runs in the browser; the kit's types are those of Node.
// Copy buttons, and what phones and printers need.
(() => {
  const SHOWN_MS = 1500;

  for (const figure of document.querySelectorAll('figure.code')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      button.textContent = (await copy(textOf(figure))) ? 'Copied' : 'Not allowed';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, SHOWN_MS);
    });
    figure.append(button);
  }

  /** Of a transcript the commands only. */
  function textOf(figure) {
    if (!figure.classList.contains('console')) return figure.querySelector('code').textContent;
    return [...figure.querySelectorAll('.command')].map((command) => `${command.textContent}\n`).join('');
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  }

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
