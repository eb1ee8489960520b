-- without a transaction
-- What may be pruned, oldest first.
CREATE INDEX CONCURRENTLY IF NOT EXISTS refresh_tokens_family_began_at_idx ON refresh_tokens (family_began_at);
