import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashBody, orderIdFor, randomOrderId, mergeLines } from './order-identity.js';

const userId = fc.integer({ min: 1, max: 2_147_483_647 });
const key = fc.string({ minLength: 1, maxLength: 255 });

describe('order ids', () => {
  it('are the same for the same user and key, and differ for any other', () => {
    fc.assert(
      fc.property(userId, key, userId, key, (userA, keyA, userB, keyB) => {
        expect(orderIdFor(userA, keyA)).toBe(orderIdFor(userA, keyA));
        expect(orderIdFor(userA, keyA) === orderIdFor(userB, keyB)).toBe(userA === userB && keyA === keyB);
      }),
    );
  });

  it('do not run user and key into each other', () => {
    expect(orderIdFor(1, '2:x')).not.toBe(orderIdFor(12, ':x'));
    expect(orderIdFor(1, '1x')).not.toBe(orderIdFor(11, 'x'));
  });

  it('stay what they are: an order of yesterday has to be found again', () => {
    expect(orderIdFor(1, 'key-1')).toBe('ord_ca2fa87a269b70c2c9a0770b1b9a41e9');
  });

  it('are of one shape, with a key and without', () => {
    expect(orderIdFor(1, 'x')).toMatch(/^ord_[0-9a-f]{32}$/);
    expect(randomOrderId()).toMatch(/^ord_[0-9a-f]{32}$/);
    expect(randomOrderId()).not.toBe(randomOrderId());
  });
});

describe('the hash of a body', () => {
  const address = { name: 'Alice', line1: '1 Street', city: 'Seoul', postalCode: '04524', country: 'KR' };
  const body = {
    userId: 1,
    lines: [{ productId: 1, quantity: 2 }],
    paymentMethod: 'card_ok',
    shippingAddress: address,
  };

  it('does not depend on the order of lines and fields, nor on how a quantity was split', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 1 }), fc.integer({ min: 1, max: 9 }), (ids, n) => {
        const lines = ids.map((productId) => ({ productId, quantity: n + 1 }));
        const split = ids.flatMap((productId) => [
          { productId, quantity: n },
          { productId, quantity: 1 },
        ]);
        const one = hashBody({ ...body, lines: mergeLines(lines) });
        expect(hashBody({ ...body, lines: mergeLines([...split].reverse()) })).toBe(one);
      }),
    );
    const { name, line1, city, postalCode, country } = address;
    expect(hashBody({ ...body, shippingAddress: { country, postalCode, city, line1, name } })).toBe(hashBody(body));
  });

  it('stays what it was for what is in use when a field is new, and looks at the new field too', () => {
    expect(hashBody(body)).toBe('ecb002d114826a6b6af3ff861272686d9965f3c8ed210fd493a660c8ed2ed51d');
    const newer = (fields: object) => hashBody({ ...body, ...fields });
    expect(newer({ giftMessage: undefined })).toBe(hashBody(body));
    expect(new Set([{}, { giftMessage: 'a' }, { giftMessage: 'b' }, { gift: 'a' }].map(newer)).size).toBe(4);
    expect(newer({ a: 1, b: 2 })).toBe(newer({ b: 2, a: 1 }));
  });

  it('differs where the body does', () => {
    const others = [
      { ...body, userId: 2 },
      { ...body, lines: [{ productId: 1, quantity: 3 }] },
      { ...body, lines: [{ productId: 2, quantity: 2 }] },
      { ...body, lines: [...body.lines, { productId: 2, quantity: 2 }] },
      { ...body, paymentMethod: 'card_declined' },
      { ...body, shippingAddress: undefined },
      { ...body, shippingAddress: { ...address, phone: '+82 2 123' } },
      { ...body, shippingAddress: { ...address, line2: '+82 2 123' } },
    ];
    expect(new Set([body, ...others].map(hashBody)).size).toBe(others.length + 1);
  });
});
