// @ts-nocheck This runs in the browser; the kit's types are those of Node.
// One slide at a time, as large as the screen allows, and the keys.
(() => {
  const [WIDTH, HEIGHT] = [1280, 720];
  const SMALLEST = 0.7;
  const slides = [...document.querySelectorAll('.slide')];
  let at = 0;

  function show(index) {
    at = Math.min(Math.max(index, 0), slides.length - 1);
    for (const [place, slide] of slides.entries()) slide.classList.toggle('current', place === at);
    history.replaceState(null, '', `#${at + 1}`);
  }

  function follow() {
    show((Number(location.hash.slice(1)) || 1) - 1);
  }

  function scale() {
    const factor = Math.min(innerWidth / WIDTH, innerHeight / HEIGHT);
    const { style } = document.documentElement;
    style.setProperty('--scale', factor);
    style.setProperty('--left', `${(innerWidth - WIDTH * factor) / 2}px`);
    style.setProperty('--top', `${(innerHeight - HEIGHT * factor) / 2}px`);
  }

  // With fonts that are wider than expected a slide may need smaller letters.
  function fit() {
    for (const slide of slides) {
      const body = slide.querySelector('.body');
      const full = Number.parseFloat(getComputedStyle(body).fontSize);
      for (let size = 1; body.scrollHeight > body.clientHeight && size > SMALLEST; ) {
        size -= 0.05;
        body.style.fontSize = `${full * size}px`;
        slide.dataset.size = size.toFixed(2);
      }
    }
  }

  function leave(relation) {
    const link = document.querySelector(`link[rel="${relation}"]`);
    if (link) location.href = link.href;
  }

  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  }

  const next = () => show(at + 1);
  const previous = () => show(at - 1);
  const KEYS = {
    ArrowRight: next,
    ArrowDown: next,
    PageDown: next,
    ArrowLeft: previous,
    ArrowUp: previous,
    PageUp: previous,
    Home: () => show(0),
    End: () => show(slides.length - 1),
    n: () => leave('next'),
    p: () => leave('prev'),
    i: () => {
      location.href = 'index.html';
    },
    f: fullScreen,
    t: () => document.getElementById('theme').click(),
  };

  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const act =
      event.key === ' ' ? (event.shiftKey ? previous : next) : (KEYS[event.key] ?? KEYS[event.key.toLowerCase()]);
    if (!act) return;
    event.preventDefault();
    act();
  });
  addEventListener('hashchange', follow);
  addEventListener('resize', scale);
  scale();
  fit();
  follow();
})();
