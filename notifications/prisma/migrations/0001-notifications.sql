CREATE TABLE notifications (
  id text PRIMARY KEY,
  event_id text NOT NULL,
  order_id text NOT NULL,
  user_id integer NOT NULL,
  event text NOT NULL,
  channel text NOT NULL CHECK (channel IN ('EMAIL', 'SMS')),
  status text NOT NULL CHECK (status IN ('PENDING', 'SENT', 'FAILED')),
  sending_at timestamptz(3),
  sent_at timestamptz(3),
  error text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (event_id, channel)
);

CREATE INDEX notifications_user_id_created_at_id_idx ON notifications (user_id, created_at, id);
CREATE INDEX notifications_order_id_idx ON notifications (order_id);
