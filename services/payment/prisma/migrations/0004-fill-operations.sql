-- What was charged and refunded before there was a ledger. Whatever is written meanwhile the trigger has written, too.
INSERT INTO payment_operations (id, order_id, kind, amount, state, provider_reference, created_at, updated_at)
SELECT order_id, order_id, 'CAPTURE', amount, charge_state(status), coalesce(provider_charge_id, decline_code), created_at, updated_at
FROM payments
ON CONFLICT (id) DO NOTHING;

INSERT INTO payment_operations (id, order_id, kind, amount, state, provider_reference, created_at, updated_at)
SELECT order_id || '/refund-payment', order_id, 'REFUND', refunds.amount, 'DONE', provider_charge_id, refunds.created_at, refunds.created_at
FROM refunds JOIN payments ON payments.id = refunds.payment_id
ON CONFLICT (id) DO NOTHING;

ALTER TABLE payments VALIDATE CONSTRAINT payments_refunded_in_parts_check;
