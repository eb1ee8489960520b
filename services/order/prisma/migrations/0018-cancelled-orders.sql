-- without a transaction
-- Orders that were cancelled for one reason, newest first.
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_cancelled_idx ON orders (cancel_reason, created_at, id) WHERE cancel_reason IS NOT NULL;
