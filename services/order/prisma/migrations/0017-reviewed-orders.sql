-- without a transaction
-- Few are ever reviewed: those that wait are found among them.
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_reviewed_idx ON orders (created_at, id) WHERE review IS NOT NULL;
