-- What an operator asked for beside the money, before the money goes back: whoever finishes the refund finds it here.
CREATE TABLE refund_requests (
  order_id text NOT NULL REFERENCES orders (id),
  id text NOT NULL,
  restock jsonb,
  restocked boolean,
  PRIMARY KEY (order_id, id)
);
