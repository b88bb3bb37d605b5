// @ts-nocheck This runs in the browser; the kit's types are those of Node.
// Before anything is drawn: the reader's choice, if there is one, over the system's.
(() => {
  const KEY = 'container-lab-theme';
  const root = document.documentElement;
  try {
    const chosen = localStorage.getItem(KEY);
    if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;
  } catch {
    // No storage: then the system decides each time.
  }
  addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    button.hidden = false;
    button.addEventListener('click', () => {
      const isDark = root.dataset.theme
        ? root.dataset.theme === 'dark'
        : matchMedia('(prefers-color-scheme: dark)').matches;
      root.dataset.theme = isDark ? 'light' : 'dark';
      try {
        localStorage.setItem(KEY, root.dataset.theme);
      } catch {
        // It holds for this page.
      }
    });
  });
})();
