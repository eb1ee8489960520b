/**
 * The texts in a step's result, which its service gave, or an operator who completed the activity by hand: they may have
 * given nothing, or `{}`, and `tctl` sends every result as one text with the JSON in it. What is no plain id is left
 * out, or the order's row could refuse it for ever.
 */
export function textsIn<Name extends string>(result: unknown, ...names: Name[]): { [N in Name]?: string } {
  const given = typeof result === 'string' ? parsed(result) : result;
  const values = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  const texts: { [N in Name]?: string } = {};
  for (const name of names) {
    const value = values[name];
    if (typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value)) texts[name] = value;
  }
  return texts;
}

/** When a record was written, as it says; now, where it was completed by hand without saying. */
export function writtenAt(result: unknown): string {
  const updatedAt = (result as { updatedAt?: unknown } | null | undefined)?.updatedAt;
  const isTime = typeof updatedAt === 'string' && !Number.isNaN(Date.parse(updatedAt));
  return new Date(isTime ? updatedAt : Date.now()).toISOString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
