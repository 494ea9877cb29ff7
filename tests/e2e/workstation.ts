/** Starts the real server on a sample project and a real Chromium on its page, and paints with real pointer events. */

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import type { ImageInfo } from '../../app/api/types.ts';
import { type RunningServer, startServer } from '../../app/server.ts';
import { createSampleProject } from '../../app/services/sampleService.ts';
import { buildRenderer } from '../../scripts/build.ts';

const BROWSERS = [process.env['LIMN_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'];

/** Where pictures of the page are put to be looked at; not part of the repository. */
const SCREENSHOTS = new URL('./screenshots/', import.meta.url).pathname;

export type ImagePoint = readonly [x: number, y: number];

export interface WorkstationOptions {
  colorScheme?: 'dark' | 'light';
  /** Makes the project at this path; the sample project unless said otherwise, none if null. */
  makeProject?: ((path: string) => Promise<void>) | null;
  /** False for a project without images, where no canvas is waited for. */
  images?: boolean;
}

export class Workstation {
  readonly folder: string;
  readonly server: RunningServer;
  readonly page: Page;
  /** Errors that the page reported; a test that ends well has none. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;

  private constructor(folder: string, server: RunningServer, browser: Browser, page: Page) {
    this.folder = folder;
    this.server = server;
    this.#browser = browser;
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${message.text()} ${message.location().url}`);
    });
  }

  /** A fresh project, server, browser and page with the first image on view. */
  static async start(options: WorkstationOptions = {}): Promise<Workstation> {
    const folder = await mkdtemp(join(tmpdir(), 'limn-e2e-'));
    const projectPath = join(folder, 'project.limn');
    const { makeProject = createSampleProject } = options;
    await makeProject?.(projectPath);
    await buildRenderer();
    const server = await startServer(makeProject ? { projectPath } : {});
    const executablePath = BROWSERS.find((path) => path !== undefined && existsSync(path));
    const browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    });
    const colorScheme = options.colorScheme ?? 'dark';
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
    page.setDefaultTimeout(20_000);
    const workstation = new Workstation(folder, server, browser, page);
    await page.goto(server.url);
    if (options.images !== false) await workstation.ready();
    return workstation;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Waits until the labels of what is in view have arrived and every stroke is stored. */
  async ready(): Promise<void> {
    await this.page.locator('section[aria-label="Image canvas"][aria-busy="false"]').waitFor();
    await this.page.waitForFunction(() => window.limn !== undefined);
    await this.settled();
  }

  /** Puts the image at a place of the list (from 0) on view. */
  async showImage(index: number): Promise<ImageInfo> {
    const image = (await this.json<ImageInfo[]>('/api/images'))[index]!;
    await this.page.getByRole('list', { name: 'Images' }).getByRole('button').nth(index).click();
    await this.page.locator(`section[data-image="${image.imageId}"]`).waitFor();
    await this.ready();
    return image;
  }

  /** Labels of the first plane at pixels of an image, once every stroke is stored. */
  async labelsAt({ imageId, shape }: ImageInfo, ...points: ImagePoint[]): Promise<number[]> {
    await this.settled();
    const labels = await this.labels(imageId);
    return points.map(([x, y]) => labels[y * shape.x + x]!);
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true });
  }

  tab(name: string) {
    return this.page.getByRole('tab', { name, exact: true }).click();
  }

  checkbox(name: string) {
    return this.page.getByRole('checkbox', { name, exact: true });
  }

  /** Page position of an image pixel's centre. */
  screen(x: number, y: number): Promise<{ x: number; y: number }> {
    return this.page.evaluate(([px, py]) => window.limn!.imageToScreen(px, py), [x, y] as const);
  }

  /** Presses at the first point, moves along the others in small steps, releases. */
  async stroke(...points: ImagePoint[]): Promise<void> {
    const [first, ...rest] = points;
    const start = await this.screen(...first!);
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    for (const point of rest) {
      const at = await this.screen(...point);
      await this.page.mouse.move(at.x, at.y, { steps: 6 });
    }
    await this.page.mouse.up();
  }

  /** Waits until every stroke is stored. */
  async settled(): Promise<void> {
    await this.page
      .getByRole('status', { name: 'Saving' })
      .filter({ hasText: /^saved$/ })
      .waitFor();
  }

  /** What the status line says about an image pixel. */
  async readPixel(x: number, y: number): Promise<string> {
    const at = await this.screen(x, y);
    await this.page.mouse.move(at.x, at.y);
    const status = this.page.getByRole('status', { name: 'Pixel' });
    await status.filter({ hasText: new RegExp(`^x ${x} y ${y} `) }).waitFor();
    return (await status.textContent()) ?? '';
  }

  /** GET of a route as the page is allowed to. */
  async get(path: string): Promise<Response> {
    const response = await fetch(`${this.server.origin}${path}`, {
      headers: { authorization: `Bearer ${this.server.token}` },
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }

  async json<T>(path: string): Promise<T> {
    return (await (await this.get(path)).json()) as T;
  }

  /** Labels that the store holds of a plane. */
  async labels(imageId: number): Promise<Uint32Array> {
    return new Uint32Array(await (await this.get(`/api/images/${imageId}/labels/0/0`)).arrayBuffer());
  }

  /** Colour on the screen at an image pixel, from a picture of the page. */
  async colourAt(x: number, y: number): Promise<[number, number, number]> {
    const at = await this.screen(x, y);
    const clip = { x: Math.round(at.x), y: Math.round(at.y), width: 1, height: 1 };
    const png = await this.page.screenshot({ clip });
    return this.page.evaluate(async (base64) => {
      const picture = new Image();
      picture.src = `data:image/png;base64,${base64}`;
      await picture.decode();
      const canvas = document.createElement('canvas');
      canvas.width = 1;
      canvas.height = 1;
      const context = canvas.getContext('2d');
      context?.drawImage(picture, 0, 0);
      const [r = 0, g = 0, b = 0] = context?.getImageData(0, 0, 1, 1).data ?? [];
      return [r, g, b];
    }, png.toString('base64'));
  }

  /** The same picture in the light and the dark theme; the page is left in the dark one. */
  async screenshotBothThemes(name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme });
      await this.page.waitForTimeout(150);
      await this.screenshot(`${name}-${colorScheme}`);
    }
  }

  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }
}
