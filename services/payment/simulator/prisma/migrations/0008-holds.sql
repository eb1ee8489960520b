-- Held, and not taken: until when; null: not held. Taken, or let go of, it is as any other.
ALTER TABLE ledger_entries ADD COLUMN hold boolean NOT NULL DEFAULT false, ADD COLUMN hold_expires_at timestamptz(3);
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_status_check;
-- Holds for every row that is there.
ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_status_check
  CHECK (status IN ('TRIED', 'HELD', 'CHARGED', 'DECLINED', 'REFUNDED', 'VOIDED')) NOT VALID;
