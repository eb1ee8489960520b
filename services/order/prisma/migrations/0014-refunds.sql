CREATE TABLE refunds (
  order_id text NOT NULL REFERENCES orders (id),
  id text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  reason text NOT NULL,
  requested_by text NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (order_id, id)
);
