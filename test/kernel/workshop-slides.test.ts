/** The slides in a browser, opened from the disk: nothing overflows, nothing is fetched, keys work, paper has the right size. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readLibrary, readPage } from '../../src/catalogue/lessons.ts';
import { buildSlides } from '../../src/workshop/slides/build.ts';
import type { Deck } from '../../src/workshop/slides/deck.ts';
import { Browser, chromium } from '../support/chromium.ts';
import { testWith } from '../support/needs.ts';

const test = suite('the slides');

interface Show {
  readonly address: string;
  readonly decks: readonly Deck[];
  readonly browser: Browser;
}

const PLACE = "[...document.querySelectorAll('.slide')].findIndex((slide) => slide.classList.contains('current')) + 1";
/** Of each slide: what sticks out of its body or heading, what was made smaller, what is outside of the slide. */
const MISFITS = `[...document.querySelectorAll('.slide')].flatMap((slide, at) => {
  const body = slide.querySelector('.body');
  const edge = slide.getBoundingClientRect();
  const tall = body.scrollHeight > body.clientHeight;
  const wide = [body, ...slide.querySelectorAll('h1, h2, pre, figure, td, th')].some((part) => part.scrollWidth > part.clientWidth);
  const outside = [...slide.querySelectorAll('*')].some((part) => {
    const { left, right, top, bottom } = part.getBoundingClientRect();
    return left < edge.left - 1 || right > edge.right + 1 || top < edge.top - 1 || bottom > edge.bottom + 1;
  });
  const picture = slide.querySelector('.drawing');
  const small = picture && picture.clientHeight < 400;
  return tall || wide || outside || small || slide.dataset.size
    ? [[at + 1, { tall, wide, outside, small, size: slide.dataset.size }]]
    : [];
})`;

function showTest(name: string, body: (show: Show) => Promise<void>): void {
  testWith(test, [chromium], name, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'workshop-slides-'));
    let browser: Browser | undefined;
    try {
      const decks = buildSlides(readLibrary(), readPage('workshop/handout.md'), directory);
      browser = await Browser.start();
      const address = `${pathToFileURL(directory)}/`;
      await body({ address, decks, browser });
      assert.equal(browser.errors, [], 'the console is empty');
      const elsewhere = browser.requests.filter((url) => !url.startsWith(address) && url !== 'about:blank');
      assert.equal(elsewhere, [], 'nothing comes from elsewhere');
    } finally {
      await browser?.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

function sizeTo(browser: Browser, width: number, height: number) {
  return browser.call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
}

showTest(
  'at 1280 by 720 every slide of every lesson fits, with its letters at full size',
  async ({ address, decks, browser }) => {
    await sizeTo(browser, 1280, 720);
    for (const { address: page, slides } of decks) {
      await browser.open(address + page);
      assert.is(await browser.evaluate("document.querySelectorAll('.slide').length"), slides.length);
      assert.equal(await browser.evaluate(MISFITS), [], page);
    }
  },
);

showTest('keys turn slides and decks, and the address keeps the place', async ({ address, decks, browser }) => {
  await sizeTo(browser, 1280, 720);
  const press = async (key: string, expected: number, shiftKey = false) => {
    const init = JSON.stringify({ key, shiftKey });
    await browser.evaluate(`void dispatchEvent(new KeyboardEvent('keydown', ${init}))`);
    assert.is(await browser.evaluate<number>(PLACE), expected, key);
    assert.is(await browser.evaluate<string>('location.hash'), `#${expected}`, key);
  };
  const [first, second] = decks;
  const last = second?.slides.length ?? 0;
  await browser.open(`${address}${second?.address}#3`);
  assert.is(await browser.evaluate<number>(PLACE), 3);
  await press('ArrowRight', 4);
  await press(' ', 5);
  await press('PageDown', 6);
  await press('ArrowLeft', 5);
  await press(' ', 4, true);
  await press('End', last);
  await press('ArrowRight', last);
  await press('Home', 1);
  await press('PageUp', 1);
  await browser.evaluate("void dispatchEvent(new KeyboardEvent('keydown', { key: 'p' }))");
  await browser.waitFor(`location.href.endsWith('${first?.address}#1')`);
  await browser.evaluate("void dispatchEvent(new KeyboardEvent('keydown', { key: 'i' }))");
  await browser.waitFor(`location.href.endsWith('index.html') && document.links.length === ${decks.length + 1}`);
});

showTest('a slide is as large as the screen allows, in the middle', async ({ address, decks, browser }) => {
  for (const [width, height, box] of [
    [1920, 1080, [0, 0, 1920, 1080]],
    [1024, 768, [0, 96, 1024, 576]],
    [1600, 720, [160, 0, 1280, 720]],
  ] as const) {
    await sizeTo(browser, width, height);
    await browser.open(address + decks[0]?.address);
    const expression =
      "(({ x, y, width, height }) => [x, y, width, height].map(Math.round))(document.querySelector('.current').getBoundingClientRect())";
    assert.equal(await browser.evaluate(expression), box);
  }
});

/** The sheets of a page when printed: how many, and the size of the first in points. */
async function sheets(browser: Browser): Promise<{ count: number; size: string }> {
  const { data } = await browser.call('Page.printToPDF', { preferCSSPageSize: true, printBackground: true });
  const pdf = Buffer.from(String(data), 'base64').toString('latin1');
  const [, width, height] = /\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf) ?? [];
  return {
    count: pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0,
    size: `${Math.round(Number(width))} x ${Math.round(Number(height))}`,
  };
}

showTest('on paper a slide is a sheet, and the handout is one page of A4', async ({ address, decks, browser }) => {
  for (const { address: page, slides } of decks.slice(0, 3)) {
    await browser.open(address + page);
    assert.equal(await sheets(browser), { count: slides.length, size: '960 x 540' }, page);
  }
  await browser.open(`${address}handout.html`);
  assert.equal(await sheets(browser), { count: 1, size: '595 x 842' });
});

test.run();
