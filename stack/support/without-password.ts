/**
 * For what is printed: addresses as they are, but for their passwords.
 * @param addresses one or several
 */
export function withoutPassword(addresses: string) {
  return addresses.replace(/(\/\/[^/:@\s]*):[^/\s]*@/g, '$1:…@');
}
