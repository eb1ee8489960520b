-- without a transaction
-- What is watched, in rounds by id: the orders that are on their way. Said so that no list of one status is read by it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_watched_idx ON orders (id)
  WHERE CASE WHEN stalled_since IS NULL THEN status NOT IN ('COMPLETED', 'CANCELLED') ELSE true END;
