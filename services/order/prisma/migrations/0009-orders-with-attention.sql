-- without a transaction
-- Who needs attention, whoever says so.
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_with_attention_idx ON orders (created_at)
  WHERE needs_attention OR stalled_since IS NOT NULL;
