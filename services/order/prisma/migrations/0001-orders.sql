CREATE TABLE orders (
  id text PRIMARY KEY,
  user_id integer NOT NULL,
  idempotency_key text,
  body_hash text NOT NULL,
  user_verified boolean NOT NULL,
  status text NOT NULL CHECK (status IN ('PENDING', 'INVENTORY_RESERVED', 'PAYMENT_COMPLETED', 'DELIVERY_STARTED', 'COMPLETED', 'CANCELLING', 'CANCELLED')),
  cancel_reason text,
  cancel_note text,
  currency text NOT NULL,
  total_price bigint NOT NULL CHECK (total_price >= 0 AND total_price < 1000000000000000),
  shipping_address jsonb NOT NULL,
  payment_method text NOT NULL,
  payment_id text,
  delivery_id text,
  tracking_number text,
  stock_decision jsonb,
  answered_async boolean NOT NULL DEFAULT false,
  needs_attention boolean NOT NULL DEFAULT false,
  attention_step text,
  attention_since timestamptz(3),
  attention_reason text,
  attention_error text,
  event_count integer NOT NULL DEFAULT 0,
  traceparent text,
  workflow_started_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX orders_user_id_idempotency_key_key ON orders (user_id, idempotency_key);
CREATE INDEX orders_user_id_created_at_id_idx ON orders (user_id, created_at, id);
-- What the sweeper looks for; the index holds only the few rows that have no workflow yet.
CREATE INDEX orders_without_workflow_idx ON orders (created_at) WHERE workflow_started_at IS NULL;
CREATE INDEX orders_needing_attention_idx ON orders (created_at) WHERE needs_attention;

CREATE TABLE order_lines (
  order_id text NOT NULL REFERENCES orders (id),
  number integer NOT NULL,
  product_id integer NOT NULL,
  product_name text NOT NULL,
  unit_price bigint NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  total_price bigint NOT NULL,
  PRIMARY KEY (order_id, number)
);

CREATE TABLE timeline_entries (
  order_id text NOT NULL REFERENCES orders (id),
  key text NOT NULL,
  step text NOT NULL,
  service text NOT NULL,
  outcome text NOT NULL,
  attempts integer NOT NULL,
  detail text,
  trace_id text,
  at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (order_id, key)
);

CREATE TABLE outbox_events (
  id bigserial PRIMARY KEY,
  event_id text NOT NULL UNIQUE,
  order_id text NOT NULL REFERENCES orders (id),
  sequence integer NOT NULL,
  topic text NOT NULL,
  event jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  published_at timestamptz(3),
  UNIQUE (order_id, sequence)
);

CREATE INDEX outbox_events_unpublished_idx ON outbox_events (id) WHERE published_at IS NULL;
