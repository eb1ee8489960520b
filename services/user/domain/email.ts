/** The one spelling under which an address is kept, so that it can be unique. */
export function normalizeEmail(email: string): string {
  return email.toLowerCase();
}
