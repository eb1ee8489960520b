-- without a transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_updated_at_id_idx ON orders (updated_at, id);
