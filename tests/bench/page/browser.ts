/** The benchmark's machine room: `limn serve` in a process of its own, a headless Chromium, and the memory that its processes take. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserServer, type CDPSession, chromium, type Page } from 'playwright';
import { buildRenderer, ROOT } from '../../../scripts/build.ts';
import { installProbe } from './probe.ts';

const BROWSERS = [process.env['LIMN_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'];

/** One server, one browser, one page. */
export class Bench {
  readonly page: Page;
  readonly cdp: CDPSession;
  readonly address: URL;
  readonly #server: ChildProcess;
  readonly #browserServer: BrowserServer;
  readonly #browser: Browser;

  private constructor(
    server: ChildProcess,
    address: URL,
    browserServer: BrowserServer,
    browser: Browser,
    page: Page,
    cdp: CDPSession,
  ) {
    this.#server = server;
    this.address = address;
    this.#browserServer = browserServer;
    this.#browser = browser;
    this.page = page;
    this.cdp = cdp;
  }

  /** Serves a project and opens its page, 1280 × 800. */
  static async start(project: string): Promise<Bench> {
    await buildRenderer();
    const server = spawn(process.execPath, ['bin/limn.js', 'serve', project, '--json'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const address = await addressOf(server);
    const executablePath = BROWSERS.find((path) => path !== undefined && existsSync(path));
    const browserServer = await chromium.launchServer({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: ['--no-sandbox', '--no-first-run', '--disable-features=SpareRendererForSitePerProcess'],
    });
    const browser = await chromium.connect(browserServer.wsEndpoint());
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
    page.setDefaultTimeout(120_000);
    await page.addInitScript(installProbe);
    const cdp = await page.context().newCDPSession(page);
    await page.goto(address.href);
    return new Bench(server, address, browserServer, browser, page, cdp);
  }

  /** A mark by which a trace finds the page's own clock. */
  async markClock(): Promise<void> {
    await this.page.evaluate(() => void performance.mark('limn-clock'));
  }

  /** Waits until what is in view has arrived and every stroke is stored. */
  async ready(): Promise<void> {
    await this.page.locator('section[aria-label="Image canvas"][aria-busy="false"]').waitFor();
    await this.page.waitForFunction(() => window.limn !== undefined);
    await this.page
      .getByRole('status', { name: 'Saving' })
      .filter({ hasText: /^saved$/ })
      .waitFor();
  }

  /** Page position of an image pixel's centre. */
  screen(x: number, y: number): Promise<{ x: number; y: number }> {
    return this.page.evaluate(([px, py]) => window.limn!.imageToScreen(px, py), [x, y] as const);
  }

  async post(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(new URL(path, this.address.origin), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.address.searchParams.get('token')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  /** Proportional set size of the renderer and GPU processes, bytes (Linux). */
  memory(): { renderer: number; gpu: number } {
    const own = { renderer: 0, gpu: 0 };
    for (const pid of descendantsOf(this.#browserServer.process().pid ?? 0)) {
      const type = /--type=([a-z-]+)/.exec(read(`/proc/${pid}/cmdline`))?.[1];
      const pss = Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024;
      if (type === 'renderer') own.renderer += pss;
      if (type === 'gpu-process') own.gpu += pss;
    }
    return own;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#browserServer.close();
    this.#server.kill('SIGTERM');
    await new Promise((resolve) => this.#server.once('exit', resolve));
  }
}

function addressOf(server: ChildProcess): Promise<URL> {
  return new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`limn serve ended with ${code}`)));
    let text = '';
    server.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const line = text.split('\n').find((candidate) => candidate.includes('"address"'));
      if (line !== undefined) resolve(new URL((JSON.parse(line) as { address: string }).address));
    });
  });
}

function descendantsOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(/\) \S (\d+)/.exec(read(join('/proc', name, 'stat')))?.[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    found.push(pid);
    queue.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** A process may end between being listed and being read. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
