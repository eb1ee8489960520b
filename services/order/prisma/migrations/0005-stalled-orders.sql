-- Written by who watches the Saga from outside: the order's workflow can't say this itself.
ALTER TABLE orders
  ADD COLUMN stalled_since timestamptz(3),
  ADD COLUMN stalled_why text;

-- What is watched, in rounds by id: the orders that are on their way. Said so that no list of one status is read by it.
CREATE INDEX orders_watched_idx ON orders (id)
  WHERE CASE WHEN stalled_since IS NULL THEN status NOT IN ('COMPLETED', 'CANCELLED') ELSE true END;

-- Who needs attention, whoever says so.
CREATE INDEX orders_with_attention_idx ON orders (created_at) WHERE needs_attention OR stalled_since IS NOT NULL;
DROP INDEX orders_needing_attention_idx;
