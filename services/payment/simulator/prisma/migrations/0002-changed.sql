-- without a transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS ledger_entries_updated_at_idx ON ledger_entries (updated_at);
