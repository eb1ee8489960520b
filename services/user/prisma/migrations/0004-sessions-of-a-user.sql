-- without a transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS refresh_tokens_user_id_idx ON refresh_tokens (user_id);
