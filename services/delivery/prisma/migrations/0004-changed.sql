-- without a transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS deliveries_updated_at_idx ON deliveries (updated_at);
