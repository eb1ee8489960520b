-- How an order's workflow ended, kept where Temporal's retention can't take it.
CREATE TABLE workflow_endings (
  order_id text PRIMARY KEY REFERENCES orders (id),
  state text NOT NULL CHECK (state IN ('completed', 'ended-otherwise', 'gone')),
  detail text NOT NULL,
  order_status text,
  seen_at timestamptz(3) NOT NULL DEFAULT now()
);

-- Passes of the reconciliation that came to their end.
CREATE TABLE reconciliations (
  started_at timestamptz(3) PRIMARY KEY,
  of_all boolean NOT NULL
);

-- Ids that the last look at them did not find clean, whether there is such an order or not.
CREATE TABLE unreconciled (
  order_id text PRIMARY KEY,
  marked_at timestamptz(3) NOT NULL
);
