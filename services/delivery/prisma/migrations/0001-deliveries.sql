CREATE TABLE deliveries (
  id text PRIMARY KEY,
  order_id text NOT NULL UNIQUE,
  user_id integer NOT NULL,
  status text NOT NULL CHECK (status IN ('PENDING', 'REFUSED', 'VOIDED', 'STARTED', 'IN_TRANSIT', 'DELIVERED', 'RETURNED', 'CANCELLED')),
  carrier text,
  tracking_number text UNIQUE,
  refusal_code text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE INDEX deliveries_user_id_created_at_id_idx ON deliveries (user_id, created_at, id);

CREATE TABLE delivery_events (
  delivery_id text NOT NULL REFERENCES deliveries (id),
  status text NOT NULL CHECK (status IN ('in_transit', 'delivered', 'returned')),
  at timestamptz(3) NOT NULL,
  received_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (delivery_id, status)
);

CREATE TABLE simulated_shipments (
  reference text PRIMARY KEY,
  tracking_number text NOT NULL UNIQUE,
  plan jsonb NOT NULL,
  called_off boolean NOT NULL DEFAULT false,
  next_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE INDEX simulated_shipments_next_at_idx ON simulated_shipments (next_at);
