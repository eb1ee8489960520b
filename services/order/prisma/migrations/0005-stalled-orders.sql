-- Written by who watches the Saga from outside: the order's workflow can't say this itself.
ALTER TABLE orders
  ADD COLUMN stalled_since timestamptz(3),
  ADD COLUMN stalled_why text;

-- What is watched, in rounds by id: the orders that are on their way.
CREATE INDEX orders_watched_idx ON orders (id) WHERE status NOT IN ('COMPLETED', 'CANCELLED') OR stalled_since IS NOT NULL;

-- Who needs attention, whoever says so.
CREATE INDEX orders_with_attention_idx ON orders (created_at) WHERE needs_attention OR stalled_since IS NOT NULL;
DROP INDEX orders_needing_attention_idx;
