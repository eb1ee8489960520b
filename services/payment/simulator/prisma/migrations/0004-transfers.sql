ALTER TABLE ledger_entries ADD COLUMN paid_at timestamptz(3);
