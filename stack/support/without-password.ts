// @ts-check

/**
 * For what is printed: addresses as they are, but for their passwords.
 * @param {string} addresses one or several
 */
export function withoutPassword(addresses) {
  return addresses.replace(/(\/\/[^/:@\s]*):[^/\s]*@/g, '$1:…@');
}
