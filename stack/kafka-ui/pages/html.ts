/** Text that is HTML already. */
class Html {
  constructor(readonly text: string) {}
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function render(value: unknown): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(render).join('');
  if (value === undefined || value === null || value === false) return '';
  // What is put into a page are texts, numbers and what has a text of its own.
  // eslint-disable-next-line @typescript-eslint/no-base-to-string
  return String(value).replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

/** A template whose values are escaped, for text and for attributes in quotes; what was made by this same template is put in as it is. */
export function html(strings: TemplateStringsArray, ...values: unknown[]) {
  return new Html(strings.map((string, index) => string + render(values[index])).join(''));
}
