/**
 * Lines to paste into a shell: log in, order, look.
 * @param gateway its address
 */
export function firstOrder(gateway: string) {
  const field = (name: string) => `node -pe 'JSON.parse(fs.readFileSync(0)).${name}'`;
  return `TOKEN=$(curl -s ${gateway}/sessions -H 'content-type: application/json' \\
  -d '{"email":"alice@example.com","password":"holdfast-demo"}' | ${field('accessToken')})
ORDER=$(curl -s ${gateway}/orders -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
  -H 'idempotency-key: my-first-order' -d '{"productId":1,"quantity":1}' | tee /dev/stderr | ${field('id')})
curl -s ${gateway}/orders/$ORDER -H "authorization: Bearer $TOKEN"  # once more in a few seconds: COMPLETED`;
}
