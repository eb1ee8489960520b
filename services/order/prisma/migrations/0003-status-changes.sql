-- Each status that an order has had, with what callers saw of it then: the row itself knows only the last one.
CREATE TABLE status_changes (
  order_id text NOT NULL REFERENCES orders (id),
  number integer NOT NULL,
  shown jsonb NOT NULL,
  PRIMARY KEY (order_id, number)
);

-- Of orders that are there already the last one is all that is known.
INSERT INTO status_changes (order_id, number, shown)
SELECT id, 1, jsonb_strip_nulls(jsonb_build_object('status', status, 'cancelReason', cancel_reason, 'cancelNote', cancel_note,
  'needsAttention', needs_attention,
  'attention', CASE WHEN needs_attention THEN jsonb_build_object('step', attention_step,
    'since', to_char(attention_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'error', coalesce(attention_error, '')) END,
  'paymentId', payment_id, 'deliveryId', delivery_id, 'trackingNumber', tracking_number,
  'updatedAt', to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
FROM orders;
