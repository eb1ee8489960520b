import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { workflowIdOf } from '../../contracts/order-saga.js';
import type { RunningApp } from './app.js';
import { server } from './servers.js';
import { waitFor } from './wait-for.js';

/** A real browser, without a window. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: server('CHROMIUM'),
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
}

/** Temporal's Web UI in a real browser, with an application's own codec. */
export class WebUi {
  private constructor(
    private readonly browser: Browser,
    private readonly page: Page,
    private readonly workflows: string,
  ) {}

  static async open({ urls, temporalNamespace }: RunningApp): Promise<WebUi> {
    const browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1600, height: 1400 } });
    // What its page of settings keeps: one Temporal serves many applications here, each with keys and a codec of its own.
    const codec = JSON.stringify(JSON.stringify(urls['codec-server']));
    await page.addInitScript(
      `localStorage.setItem('endpoint', ${codec}); localStorage.setItem('overrideRemoteCodecConfiguration', 'true');`,
    );
    return new WebUi(browser, page, `${server('TEMPORAL_UI_URL')}/namespaces/${temporalNamespace}/workflows`);
  }

  /** Filters the list of workflows, and waits until this order is in it. */
  async find(filter: string, orderId: string): Promise<void> {
    await this.page.goto(`${this.workflows}?query=${encodeURIComponent(filter)}`);
    await this.inTheList(orderId).waitFor();
  }

  /** Opens an order from the list: what it tells of itself, once it tells where it stands. */
  async orderPage(orderId: string): Promise<string> {
    await this.inTheList(orderId).click();
    await this.page.getByText('User Metadata').first().click();
    return waitFor(`the page of ${orderId}`, async () => {
      // What our code has written is shown in frames of its own.
      const texts = await Promise.all(this.page.frames().map((frame) => frame.locator('body').innerText()));
      return texts.some((text) => text.includes('Next attempt')) && texts.join('\n');
    });
  }

  private inTheList(orderId: string): Locator {
    return this.page.getByRole('link', { name: workflowIdOf(orderId) }).first();
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
