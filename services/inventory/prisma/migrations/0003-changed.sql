-- without a transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS reservations_updated_at_idx ON reservations (updated_at);
