import { html } from './html.js';

/** A number with its thousands apart. */
export const count = (value: number | bigint) => value.toLocaleString('en-US');

export function timestamp(time: Date) {
  // What a producer says can be no time at all.
  if (Number.isNaN(time.getTime())) return html`<time>unknown</time>`;
  const [day = '', clock = ''] = time.toISOString().split('T');
  return html`<time datetime="${time.toISOString()}">${day} <b>${clock.replace('Z', '')}</b></time>`;
}

/** @param table numbers: the columns set to the right */
export function table({
  columns,
  rows,
  numbers = [],
  empty,
}: {
  columns: string[];
  rows: unknown[][];
  numbers?: string[];
  empty: string;
}) {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const kind = (index: number) => (numbers.includes(columns[index] ?? '') ? 'number' : '');
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${columns.map((name, index) => html`<th class="${kind(index)}">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell, index) => html`<td class="${kind(index)}">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** How far behind; what is behind stands out. */
export const lag = (value: bigint) => (value === 0n ? '0' : html`<b class="behind">${count(value)}</b>`);
