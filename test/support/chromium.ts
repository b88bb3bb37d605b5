/** A headless Chromium, driven over a pipe with the DevTools protocol. It loads what the test says and nothing else. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Need } from './needs.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const PATIENCE_MS = 20_000;
const POLL_MS = 20;
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--hide-scrollbars',
  '--remote-debugging-pipe',
];

function installed(): string | undefined {
  return NAMES.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}

export const chromium: Need = () => (installed() ? undefined : 'needs chromium');

type Parameters = Record<string, unknown>;
type Answer = Record<string, unknown>;

export class Browser {
  /** Whatever the console showed as an error, exceptions included. */
  readonly errors: string[] = [];
  /** The addresses of all requests. */
  readonly requests: string[] = [];
  readonly #process: ChildProcess;
  readonly #profile = mkdtempSync(join(tmpdir(), 'lessons-chromium-'));
  readonly #answers = new Map<number, (message: Answer) => void>();
  #session: string | undefined;
  #loaded = 0;
  #number = 0;
  #buffer = '';

  static async start(): Promise<Browser> {
    const browser = new Browser();
    const { targetId } = await browser.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.call('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = String(sessionId);
    for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await browser.call(`${domain}.enable`);
    return browser;
  }

  private constructor() {
    this.#process = spawn(installed() ?? '', [...FLAGS, `--user-data-dir=${this.#profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const [, , , , output] = this.#process.stdio as unknown as [null, null, null, Writable, Readable];
    output.setEncoding('utf8').on('data', (text: string) => {
      const messages = (this.#buffer + text).split('\0');
      this.#buffer = messages.pop() ?? '';
      for (const message of messages) this.#receive(JSON.parse(message));
    });
  }

  /** Calls a method of the protocol. @throws Error if the browser refuses */
  async call(method: string, params: Parameters = {}): Promise<Answer> {
    this.#number += 1;
    const id = this.#number;
    const answer = new Promise<Answer>((resolve) => this.#answers.set(id, resolve));
    const session = this.#session && !method.startsWith('Browser.') ? { sessionId: this.#session } : {};
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    const { error, result } = await answer;
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result as Answer;
  }

  async open(address: string): Promise<void> {
    const before = this.#loaded;
    await this.call('Page.navigate', { url: address });
    await this.#until(async () => this.#loaded > before, `${address} did not load`);
  }

  /** The value of a JavaScript expression on the page; a promise is waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const options = { expression, returnByValue: true, awaitPromise: true, userGesture: true };
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', options);
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: T }).value;
  }

  /** Waits until an expression is true, be it on the page that a navigation leads to. */
  waitFor(expression: string): Promise<void> {
    const isTrue = () => this.evaluate<boolean>(`Boolean(${expression})`).catch(falseWhereNavigated);
    return this.#until(isTrue, `waited in vain for ${expression}`);
  }

  async screenshot(): Promise<Buffer> {
    const { data } = await this.call('Page.captureScreenshot', { captureBeyondViewport: true });
    return Buffer.from(String(data), 'base64');
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.call('Browser.close').catch(() => {});
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), PATIENCE_MS);
    await ended;
    clearTimeout(timer);
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #until(condition: () => Promise<boolean>, complaint: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!(await condition())) {
      if (Date.now() > end) throw new Error(`${complaint}; console: ${this.errors.join(' | ')}`);
      await sleep(POLL_MS);
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: events of some dozen shapes
  #receive(message: any): void {
    this.#answers.get(message.id)?.(message);
    this.#answers.delete(message.id);
    const { method, params } = message;
    if (method === 'Page.loadEventFired') this.#loaded += 1;
    if (method === 'Network.requestWillBeSent') this.requests.push(params.request.url);
    if (method === 'Runtime.exceptionThrown') this.errors.push(JSON.stringify(params.exceptionDetails));
    if (method === 'Log.entryAdded' && params.entry.level === 'error') this.errors.push(params.entry.text);
    if (method === 'Runtime.consoleAPICalled' && params.type === 'error') this.errors.push(JSON.stringify(params.args));
  }
}

/** The page that was asked has gone meanwhile. */
function falseWhereNavigated(error: Error): false {
  if (!/Inspected target navigated or closed|Cannot find context/.test(error.message)) throw error;
  return false;
}
