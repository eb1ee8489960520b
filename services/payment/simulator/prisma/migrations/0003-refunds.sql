-- Of a charge that was given back in parts: together never more than it.
ALTER TABLE ledger_entries ADD COLUMN refunded_in_parts bigint NOT NULL DEFAULT 0;

CREATE TABLE ledger_refunds (
  idempotency_key text PRIMARY KEY,
  charge_key text NOT NULL REFERENCES ledger_entries (idempotency_key),
  refund_id text NOT NULL UNIQUE,
  amount bigint NOT NULL CHECK (amount > 0),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE INDEX ledger_refunds_charge_key_idx ON ledger_refunds (charge_key);
