// @ts-nocheck This runs in the browser; the kit's types are those of Node.
// Draws each diagram twice, for light and for dark; the style sheet shows one of them.
(async () => {
  const figures = [...document.querySelectorAll('figure.diagram')];
  // On a slide letters are larger, and have less room around them.
  const spacing = document.querySelector('main.deck')
    ? {
        flowchart: { rankSpacing: 30, nodeSpacing: 20, diagramPadding: 2, wrappingWidth: 300 },
        sequence: {
          mirrorActors: false,
          messageMargin: 16,
          boxMargin: 4,
          height: 40,
          diagramMarginY: 2,
        },
        themeVariables: { fontSize: '20px' },
      }
    : {};
  for (const [scheme, theme] of [
    ['light', 'default'],
    ['dark', 'dark'],
  ]) {
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: 'strict',
      theme,
      ...spacing,
      fontFamily: getComputedStyle(document.body).fontFamily,
    });
    for (const [index, figure] of figures.entries()) {
      const drawing = document.createElement('div');
      drawing.className = `drawn ${scheme}`;
      const { svg } = await mermaid.render(`diagram-${scheme}-${index}`, figure.dataset.source);
      drawing.innerHTML = svg;
      // Letters of 16 pixels become 11.
      drawing.style.setProperty('--legible', `${drawing.firstElementChild.viewBox.baseVal.width * 0.7}px`);
      figure.append(drawing);
    }
  }
  for (const figure of figures) figure.querySelector('pre').remove();
})();
