CREATE TABLE ledger_entries (
  idempotency_key text PRIMARY KEY,
  charge_id text NOT NULL UNIQUE,
  amount bigint NOT NULL,
  currency text NOT NULL,
  method text NOT NULL,
  status text NOT NULL CHECK (status IN ('TRIED', 'CHARGED', 'DECLINED', 'REFUNDED', 'VOIDED')),
  decline_code text,
  attempts integer NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE simulator_state (
  id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  provider text NOT NULL CHECK (provider IN ('up', 'down')),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

-- `card_provider_down` errors until somebody says that the provider is up.
INSERT INTO simulator_state (provider) VALUES ('down');
