import path from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

/** For a machine that is busy: whatever is waited for is an event of the page. */
export const LIMIT_MS = 180_000;
/** What somebody may write anywhere; once it runs there is a `hit`. */
export const SCRIPT = '<img src=x onerror="hit=1"><script>hit=1</script>';

/** A visitor with nothing kept; whatever the page does against its own policy, or throws, fails the test. */
export async function visitor(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(LIMIT_MS);
  await context.addInitScript({ content: axe.source });
  await context.addInitScript(
    `document.addEventListener('securitypolicyviolation', (one) => console.error('refused by the policy:', one.violatedDirective, one.blockedURI))`,
  );
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (line) => {
    if (/policy/i.test(line.text())) wrong.push(line.text());
  });
  onTestFinished(async () => {
    await context.close();
    expect(wrong).toEqual([]);
  });
  return page;
}

/** What the browser itself counts of a page since it was loaded: milliseconds, and how much of what one sees jumped (0 to 1). */
export interface PageFigures {
  firstContentfulPaint: number;
  /** From a click or a key to the picture after it: the longest. */
  interactionToNextPaint: number;
  layoutShift: number;
}

/** Counts in every page that the visitor loads from now on. Source: web.dev/articles/vitals, whose figures these are. */
export async function countFigures(page: Page): Promise<() => Promise<PageFigures>> {
  await page.addInitScript(`
    figures = { firstContentfulPaint: 0, interactionToNextPaint: 0, layoutShift: 0 };
    const observe = (type, learn) =>
      new PerformanceObserver((list) => list.getEntries().forEach(learn)).observe({ type, buffered: true, durationThreshold: 16 });
    observe('paint', ({ name, startTime }) => { if (name === 'first-contentful-paint') figures.firstContentfulPaint = startTime; });
    observe('event', ({ interactionId, duration }) => {
      if (interactionId) figures.interactionToNextPaint = Math.max(figures.interactionToNextPaint, duration);
    });
    observe('layout-shift', ({ hadRecentInput, value }) => { if (!hadRecentInput) figures.layoutShift += value; });`);
  return () => page.evaluate<PageFigures>('figures');
}

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

export const status = (page: Page, wanted: string) => page.locator(`.heading .status[data-status=${wanted}]`).waitFor();

/** Of the order that is shown, each step's. */
export const states = async (page: Page) =>
  Promise.all((await page.locator('.saga-step').all()).map((one) => one.getAttribute('data-state')));

interface Scenario {
  payment?: string | undefined;
  carrier?: string | undefined;
}

/** From the product's page as the demo customer, by as many clicks as it takes. */
export async function order(page: Page, product: string, { payment, carrier }: Scenario = {}): Promise<void> {
  await checkOut(page, product);
  for (const [name, value] of Object.entries({ payment, carrier }))
    if (value !== undefined) await page.locator(`input[name=${name}][value="${value}"]`).check();
  await button(page, 'Place order').click();
}

export async function checkOut(page: Page, product: string): Promise<void> {
  await page.goto(product);
  await button(page, /^Buy now/).click();
  await button(page, 'Continue as the demo customer').click();
  await button(page, 'Place order').waitFor();
}

/** `npm run screenshots` makes the documents' pictures anew. */
export async function keep(page: Page, name: string): Promise<void> {
  if (process.env['SCREENSHOTS'] !== '1') return;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.screenshot({ path: `docs/images/${name}.png` });
}

/** What axe finds on the page as it stands, in either scheme, and whether it is wider than a phone. */
export async function awkwardIn(page: Page): Promise<unknown[]> {
  const { pathname } = new URL(page.url());
  const findings: unknown[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
    findings.push(...violations.map(({ id, nodes }) => [pathname, colorScheme, id, nodes[0]?.html]));
    await lookAt(page, `${pathname}-${colorScheme}`);
  }
  await page.setViewportSize({ width: 360, height: 800 });
  const width = await page.evaluate('document.documentElement.scrollWidth');
  if (Number(width) > 360) findings.push([pathname, 'is so wide', width]);
  await lookAt(page, `${pathname}-narrow`);
  await page.setViewportSize({ width: 1280, height: 900 });
  return findings;
}

/** A picture for whoever wants to see with their own eyes what axe can't: of each page, in the folder that is named. */
async function lookAt(page: Page, name: string): Promise<void> {
  const folder = process.env['PICTURES'];
  if (folder === undefined) return;
  await page.screenshot({ path: path.join(folder, `${name.replaceAll('/', '_')}.png`), fullPage: true });
}
