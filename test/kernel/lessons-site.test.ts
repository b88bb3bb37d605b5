/** The lessons in a browser: nothing comes from elsewhere, links lead somewhere, code is copied. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const fixture = () => readLibrary(fixtureTop);
const DRAWN = "!document.querySelector('figure.diagram > pre')";

siteTest(
  'every page of the real lessons loads, draws its diagrams, and its links lead somewhere',
  readLibrary,
  async (site) => {
    const { address, pages, browser, directory } = site;
    for (const page of pages) {
      await browser.open(address + page);
      await browser.waitFor(DRAWN);
      const links = await browser.evaluate<string[]>('[...document.links].map(({ href }) => href)');
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
    const commands = await copied('figure.console');
    assert.ok(
      commands.startsWith(
        'echo one   two; name=three\necho $name\nfor word in a b; do\n  echo $word\ndone\nnpm run -s step 4\n',
      ),
    );
    assert.not.match(commands, /one two|container#|⟨/);
    assert.match(await copied('figure.code:not(.console)'), /^\/\*\* Says hello\. \*\/\nexport function greet/);
  },
);

siteTest('dark and light: as the system has it, until the reader chooses', fixture, async ({ address, browser }) => {
  const ground = () => browser.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  const drawn = () =>
    browser.evaluate<string>("[...document.querySelectorAll('.drawn')].find((d) => d.offsetParent).className");
  const prefer = (value: string) =>
    browser.call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
  await prefer('dark');
  await browser.open(`${address}04-sample.html`);
  await browser.waitFor(DRAWN);
  assert.equal([await ground(), await drawn()], ['rgb(20, 23, 27)', 'drawn dark']);
  await browser.evaluate("document.getElementById('theme').click()");
  assert.equal([await ground(), await drawn()], ['rgb(255, 255, 255)', 'drawn light']);
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
    await browser.waitFor(DRAWN);
    assert.is(await browser.evaluate<number>('document.documentElement.scrollWidth'), phone.width, page);
    assert.not(
      await browser.evaluate<boolean>("[...document.querySelectorAll('nav > details')].some(({ open }) => open)"),
    );
  }
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
