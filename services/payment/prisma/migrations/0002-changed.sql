-- without a transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS payments_updated_at_idx ON payments (updated_at);
