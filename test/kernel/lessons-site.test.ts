/** The lessons in a browser: nothing comes from elsewhere, links lead somewhere, code is copied. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Library, readLibrary } from '../../src/catalogue/lessons.ts';
import { buildSite } from '../../src/lessons/site/build.ts';
import { serve } from '../../src/lessons/site/serve.ts';
import { Browser, chromium } from '../support/chromium.ts';
import { fixtureTop } from '../support/lessons.ts';
import { testWith } from '../support/needs.ts';

const test = suite('the site');

interface Site {
  readonly address: string;
  readonly directory: string;
  readonly pages: readonly string[];
  readonly browser: Browser;
}

/** Builds and serves a site, opens a browser, and takes all of it away afterwards. */
function siteTest(name: string, library: () => Library, body: (site: Site) => Promise<void>): void {
  testWith(test, [chromium], name, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'lessons-site-'));
    let [server, browser]: [Server?, Browser?] = [];
    try {
      const pages = buildSite(library(), directory);
      server = await serve(directory, 0);
      browser = await Browser.start();
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      await body({ address, directory, pages, browser });
      assert.equal(browser.errors, [], 'the console is empty');
      assert.equal(
        browser.requests.filter((request) => !request.startsWith(address) && request !== 'about:blank'),
        [],
        'nothing comes from elsewhere',
      );
    } finally {
      await browser?.close();
      server?.close();
      server?.closeAllConnections();
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

/** Folders without a README.md have no page. */
const FOLDERS = ['src/cgroups', 'rootfs-builder/host'];
const fixture = () => readLibrary(fixtureTop);

siteTest(
  'every page of the real lessons loads, shows its pictures, and its links lead somewhere',
  readLibrary,
  async (site) => {
    const { address, pages, browser, directory } = site;
    for (const page of pages) {
      await browser.open(address + page);
      const pictures = await browser.evaluate<number>("document.querySelectorAll('figure.drawing > svg').length");
      if (/^\d\d-/.test(page)) assert.is(pictures, 1, page);
      const links = await browser.evaluate<string[]>('[...document.links].map(({ href }) => href)');
      const lost = await browser.evaluate<string[]>(
        "[...document.querySelectorAll('main a:not([href])')].map(({ textContent }) => textContent)",
      );
      assert.equal(
        lost.filter((text) => !FOLDERS.includes(text)),
        [],
        `${page}: links that lead nowhere`,
      );
      for (const link of links.filter((href) => href.startsWith(address))) {
        const { pathname, hash } = new URL(link);
        const target = join(directory, pathname);
        assert.ok(existsSync(target), `${page}: ${link}`);
        const anchor = decodeURIComponent(hash.slice(1));
        assert.ok(anchor === '' || readFileSync(target, 'utf8').includes(`id="${anchor}"`), `${page}: ${link}`);
      }
    }
  },
);

/** In each picture: what sticks out of it, what lies over other words, and letters that are too small, in pixels. */
const UNREADABLE = `[...document.querySelectorAll('svg.picture')].flatMap((svg) => {
  const edge = svg.getBoundingClientRect();
  const words = [...svg.querySelectorAll('text')].map((text) => ({ name: text.textContent, text, box: text.getBoundingClientRect() }));
  const scale = edge.width / svg.viewBox.baseVal.width;
  return words.flatMap(({ name, text, box }, at) => {
    const outside = box.left < edge.left || box.right > edge.right || box.top < edge.top || box.bottom > edge.bottom;
    const covered = words.slice(at + 1).some(({ box: other }) =>
      box.left < other.right - 1 && other.left < box.right - 1 && box.top < other.bottom - 4 && other.top < box.bottom - 4);
    const size = parseFloat(getComputedStyle(text).fontSize) * scale;
    return outside || covered || size < 10 ? [[name, { outside, covered, size }]] : [];
  });
})`;

siteTest(
  'every picture can be read, on a wide screen and on a phone',
  readLibrary,
  async ({ address, browser, pages }) => {
    for (const width of [1280, 360]) {
      await browser.call('Emulation.setDeviceMetricsOverride', {
        width,
        height: 740,
        deviceScaleFactor: 2,
        mobile: true,
      });
      for (const page of pages.filter((name) => /^\d\d-/.test(name))) {
        await browser.open(address + page);
        assert.equal(await browser.evaluate(UNREADABLE), [], `${page} at ${width}`);
      }
    }
  },
);

/**
 * What does not fit: boxes that are narrower than what is in them, and words of code that are broken. Code may be
 * wider than its box where `isNarrow`, and what a transcript prints may be everywhere: it can be moved sideways.
 */
const MISFITS = (isNarrow: boolean) => `(() => {
  for (const details of document.querySelectorAll('main details')) details.open = true;
  const moves = (part) => part.tagName === 'PRE' && (${isNarrow} || [...part.querySelectorAll('.output')].some(
    (line) => line.getBoundingClientRect().right > part.getBoundingClientRect().right));
  const fits = (part) => part.scrollWidth <= part.clientWidth + 1 || getComputedStyle(part).display.startsWith('inline');
  const wide = [...document.querySelectorAll('body, body *:not(svg *)')]
    .filter((part) => part.clientWidth > 0 && !moves(part) && !fits(part));
  const broken = [...document.querySelectorAll('main :not(pre) > code span')].filter((part) =>
    part.getClientRects().length > 1);
  return [...wide, ...broken].map(({ tagName, textContent }) => tagName + ': ' + textContent.trim().slice(0, 60));
})()`;

const isCode = (page: string) => page.startsWith('files/') && !page.endsWith('.md.html');

siteTest(
  'everything fits its box, on a wide screen and on a phone, on all pages of text',
  readLibrary,
  async ({ address, browser, pages }) => {
    for (const width of [1280, 360]) {
      const isNarrow = width < 1000;
      const metrics = { width, height: 740, deviceScaleFactor: 1, mobile: isNarrow };
      await browser.call('Emulation.setDeviceMetricsOverride', metrics);
      for (const page of pages.filter((name) => !isCode(name))) {
        await browser.open(address + page);
        assert.equal(await browser.evaluate(MISFITS(isNarrow)), [], `${page} at ${width}`);
      }
    }
  },
);

siteTest('a table that is too wide for a phone becomes a list', readLibrary, async ({ address, browser }) => {
  await browser.call('Emulation.setDeviceMetricsOverride', {
    width: 360,
    height: 740,
    deviceScaleFactor: 1,
    mobile: true,
  });
  await browser.open(`${address}07-cgroups.html`);
  const cell = "document.querySelector('.table.stacked tbody tr td:nth-child(3)')";
  assert.equal(await browser.evaluate(`[${cell}.dataset.column, getComputedStyle(${cell}).display]`), [
    'version 1',
    'block',
  ]);
  await browser.call('Emulation.setDeviceMetricsOverride', {
    width: 1280,
    height: 740,
    deviceScaleFactor: 1,
    mobile: false,
  });
  await browser.waitFor("!document.querySelector('.stacked')");
});

siteTest('on paper what belongs together is not torn apart', readLibrary, async ({ address, browser }) => {
  await browser.open(`${address}04-mount.html`);
  await browser.call('Emulation.setEmulatedMedia', { media: 'print' });
  const broken = `[...document.querySelectorAll('main figure, main tr')].filter((part) =>
    getComputedStyle(part).breakInside !== 'avoid')`;
  const left = `[...document.querySelectorAll('main :is(h2, h3, summary), main p')].filter((part) =>
    (part.tagName !== 'P' || part.nextElementSibling?.matches('figure, .table')) &&
    getComputedStyle(part).breakAfter !== 'avoid')`;
  assert.equal(await browser.evaluate(`[...${broken}, ...${left}].map(({ outerHTML }) => outerHTML.slice(0, 80))`), []);
});

siteTest(
  'the copy button of a transcript copies its commands, that of code the code',
  fixture,
  async ({ address, browser }) => {
    await browser.call('Browser.grantPermissions', { permissions: ['clipboardReadWrite', 'clipboardSanitizedWrite'] });
    await browser.open(`${address}04-sample.html`);
    const copied = async (selector: string) => {
      await browser.call('Page.bringToFront');
      await browser.evaluate(`document.querySelector('${selector} .copy').click()`);
      await browser.waitFor(`document.querySelector('${selector} .copy').textContent === 'Copied'`);
      return browser.evaluate<string>('navigator.clipboard.readText()');
    };
    assert.is(await copied('figure.console:not(.apart)'), 'kill=echo\n$kill \\\n  done\n');
    // For several terminals: each command by itself.
    assert.is(await copied('figure.apart pre'), 'echo one   two; name=three\n');
    await browser.evaluate(
      "document.querySelectorAll('figure.apart .copy').forEach((button, at) => at < 2 && button.remove())",
    );
    assert.is(await copied('figure.apart pre'), 'for word in a b; do\n  echo $word\ndone\n');
    assert.match(await copied('figure.code:not(.console)'), /^\/\*\* Says hello\. \*\/\nexport function greet/);
  },
);

siteTest('dark and light: as the system has it, until the reader chooses', fixture, async ({ address, browser }) => {
  const ground = () => browser.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  const drawn = () => browser.evaluate<string>("getComputedStyle(document.querySelector('.drawing text')).fill");
  const prefer = (value: string) =>
    browser.call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
  await prefer('dark');
  await browser.open(`${address}04-sample.html`);
  assert.equal([await ground(), await drawn()], ['rgb(20, 23, 27)', 'rgb(223, 227, 232)']);
  await browser.evaluate("document.getElementById('theme').click()");
  assert.equal([await ground(), await drawn()], ['rgb(255, 255, 255)', 'rgb(29, 33, 38)']);
  await browser.open(`${address}05-other.html`);
  assert.is(await ground(), 'rgb(255, 255, 255)');
  await browser.evaluate("document.getElementById('theme').click()");
  await browser.call('Emulation.setEmulatedMedia', { media: 'print' });
  assert.is(await ground(), 'rgb(255, 255, 255)', 'paper is white');
});

siteTest('on a phone nothing sticks out, and the lists are folded', fixture, async ({ address, pages, browser }) => {
  const phone = { width: 360, height: 740, deviceScaleFactor: 2, mobile: true };
  await browser.call('Emulation.setDeviceMetricsOverride', phone);
  for (const page of pages) {
    await browser.open(address + page);
    assert.is(await browser.evaluate<number>('document.documentElement.scrollWidth'), phone.width, page);
    assert.not(
      await browser.evaluate<boolean>("[...document.querySelectorAll('nav > details')].some(({ open }) => open)"),
    );
  }
});

siteTest(
  'a picture by itself follows the system: dark letters on light ground, and the other way round',
  fixture,
  async (site) => {
    const { browser } = site;
    const picture = pathToFileURL(join(fixtureTop, 'lessons/pictures/04-sample.svg'));
    const colours = () =>
      browser.evaluate<string[]>(
        "[getComputedStyle(document.querySelector('text')).fill, getComputedStyle(document.documentElement).backgroundColor]",
      );
    await browser.open(String(picture));
    assert.equal(await colours(), ['rgb(29, 33, 38)', 'rgb(255, 255, 255)']);
    await browser.call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] });
    assert.equal(await colours(), ['rgb(223, 227, 232)', 'rgb(20, 23, 27)']);
    browser.requests.length = 0;
  },
);

siteTest('transcripts for another kind of machine are folded', readLibrary, async ({ address, browser, directory }) => {
  buildSite(readLibrary(), directory, ['v1']);
  await browser.open(`${address}07-cgroups.html`);
  const folded = await browser.evaluate<string[]>(
    "[...document.querySelectorAll('details.elsewhere figcaption')].map(({ textContent }) => textContent)",
  );
  const all = await browser.evaluate<string[]>(
    "[...document.querySelectorAll('figure.console figcaption')].map(({ textContent }) => textContent)",
  );
  assert.ok(folded.length > 3);
  assert.equal(
    folded,
    all.filter((caption) => caption === 'cgroup v1'),
  );
});

siteTest('the first use of a word leads to the glossary', readLibrary, async ({ address, browser }) => {
  await browser.open(`${address}03-pid.html`);
  const links = await browser.evaluate<string[]>(
    "[...document.querySelectorAll('main a.term')].map(({ hash }) => hash)",
  );
  assert.ok(links.includes('#zombie') && links.includes('#namespace'), links.join(' '));
  assert.is(new Set(links).size, links.length, 'only the first');
});

siteTest('raw HTML in a lesson is text', fixture, async ({ address, browser }) => {
  await browser.open(`${address}05-other.html`);
  assert.is(await browser.evaluate<number>("document.querySelectorAll('main script').length"), 0);
  assert.match(await browser.evaluate<string>('document.body.innerText'), /<script>alert\(1\)<\/script>/);
});

siteTest('the pages follow each other, hints unfold for the printer', fixture, async ({ address, browser }) => {
  await browser.open(`${address}index.html`);
  assert.match(await browser.evaluate<string>(`document.querySelector('[rel="next"]').href`), /04-sample\.html$/);
  await browser.open(`${address}04-sample.html`);
  assert.match(await browser.evaluate<string>(`document.querySelector('[rel="next"]').href`), /05-other\.html$/);
  const isOpen = () => browser.evaluate<boolean>("document.querySelector('details.tip').open");
  assert.is(await isOpen(), false);
  await browser.evaluate("dispatchEvent(new Event('beforeprint'))");
  assert.is(await isOpen(), true);
  await browser.evaluate("dispatchEvent(new Event('afterprint'))");
  assert.is(await isOpen(), false);
});

test.run();
