-- without a transaction
-- What may be pruned, oldest first.
CREATE INDEX CONCURRENTLY IF NOT EXISTS outbox_events_published_at_idx ON outbox_events (published_at)
  WHERE published_at IS NOT NULL;
