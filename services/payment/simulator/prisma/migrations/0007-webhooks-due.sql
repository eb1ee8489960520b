-- without a transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS ledger_entries_tell_at_idx ON ledger_entries (tell_at) WHERE tell_at IS NOT NULL;
