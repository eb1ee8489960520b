-- When its provider tells of a charge that it has decided later, and how often that was not taken; null: there is nothing to tell. Transfers that are
-- awaited now are told of, too.
ALTER TABLE ledger_entries ADD COLUMN tell_at timestamptz(3), ADD COLUMN tell_failures integer NOT NULL DEFAULT 0;
UPDATE ledger_entries SET tell_at = paid_at WHERE status = 'TRIED' AND paid_at IS NOT NULL;
