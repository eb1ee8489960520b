-- without a transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS ledger_entries_holds_idx ON ledger_entries (hold_expires_at) WHERE status = 'HELD';
