-- without a transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS ledger_entries_awaited_idx ON ledger_entries (paid_at) WHERE status = 'TRIED' AND paid_at IS NOT NULL;
