CREATE TABLE payments (
  id text PRIMARY KEY,
  order_id text NOT NULL UNIQUE,
  user_id integer NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  currency text NOT NULL,
  status text NOT NULL CHECK (status IN ('PENDING', 'CHARGED', 'DECLINED', 'REFUNDED', 'VOIDED')),
  provider_charge_id text,
  decline_code text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE INDEX payments_user_id_created_at_id_idx ON payments (user_id, created_at, id);

CREATE TABLE refunds (
  id text PRIMARY KEY,
  payment_id text NOT NULL UNIQUE REFERENCES payments (id),
  amount bigint NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
