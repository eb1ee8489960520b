import { expect, test } from 'vitest';
import { CANCEL_REASONS } from '../../contracts/order-status.js';
import { formatMoney, passwordChanged, renderMail, TEMPLATES } from './templates.js';

const order = {
  orderId: 'o1',
  userId: 1,
  lines: [{ productId: 1, productName: '<b>MacBook</b> & "Pro"', quantity: 2, unitPrice: 3_500_000 }],
  totalPrice: 7_000_000,
  currency: 'KRW',
};

test('money is written per its minor unit', () => {
  expect(formatMoney(3_500_000, 'KRW')).toBe('₩3,500,000');
  expect(formatMoney(1999, 'USD')).toBe('$19.99');
  // As many as the minor unit has, not as many as people write.
  expect(formatMoney(123_456, 'HUF')).toMatch(/HUF\s1,234\.56/);
  expect(formatMoney(1_234_567, 'IQD')).toMatch(/IQD\s1,234\.567/);
  expect(formatMoney(5, 'KWD')).toMatch(/KWD\s0\.005/);
  expect(formatMoney(999_999_999_999_999, 'USD')).toBe('$9,999,999,999,999.99');
});

test('names in HTML are escaped, in plain text they are as they are', () => {
  const mail = renderMail(TEMPLATES['order-created'](order), '<script>Al</script>');
  expect(mail.html).not.toMatch(/<script|<b>/);
  expect(mail.html).toContain('2 x &lt;b&gt;MacBook&lt;/b&gt; &amp; &quot;Pro&quot;, ₩3,500,000 each');
  expect(mail.text).toContain('Hello <script>Al</script>,');
  expect(mail.text).toContain('Total: ₩7,000,000');
});

test('each message names its order; a delivery its tracking number', () => {
  for (const template of Object.values(TEMPLATES)) {
    const message = template(order);
    expect(message.subject).toContain('o1');
    expect(message.short).toContain('o1');
    expect(message.short.length).toBeLessThan(160);
  }
  const started = TEMPLATES['delivery-started']({ ...order, trackingNumber: 'TRK-1' });
  expect(started.short).toContain('TRK-1');
  expect(renderMail(started, 'Al').text).toContain('Tracking number: TRK-1');
});

test('of a refund its mail says how much went back', () => {
  const refunded = TEMPLATES['payment-refunded']({ ...order, refundId: 'r1', amount: 500_000 });
  expect(refunded.short).toBe('We have given back ₩500,000 of your payment for order o1.');
  expect(renderMail(refunded, 'Al').text).toContain(refunded.short);
});

test('each reason to cancel is put in words, and an unknown one is left out', () => {
  const said = CANCEL_REASONS.map((reason) => TEMPLATES['order-cancelled']({ ...order, reason }).short);
  expect(new Set(said).size).toBe(CANCEL_REASONS.length);
  for (const text of said) expect(text).not.toMatch(/[A-Z]+_[A-Z]+/);
  expect(TEMPLATES['order-cancelled']({ ...order, reason: 'SOMETHING_NEW' }).short).toBe(
    'Your order o1 was cancelled.',
  );
});

test('of a new password its mail says when, what follows, and what to do if it was somebody else', () => {
  const { subject, text } = renderMail(passwordChanged('2026-01-31T23:30:00.000Z'), 'Al');
  expect(subject).toBe('Your password was changed');
  expect(text).toMatch(/was changed on January 31, 2026 at 11:30.PM UTC\./);
  expect(text).toContain('has been logged out');
  expect(text).toContain('Answer this e-mail at once');
});
