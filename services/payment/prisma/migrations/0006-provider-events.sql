-- What a payment provider has sent of itself, each event once, as it came: an inbox, of which each order's Saga is told that there is
-- news. No reference to payments: what is about no order of ours is kept, too.
CREATE TABLE provider_events (
  provider text NOT NULL,
  event_id text NOT NULL,
  type text NOT NULL,
  -- The idempotency key of the charge, which is the order's id; null: it names none.
  charge_key text,
  payload text NOT NULL,
  state text NOT NULL CHECK (state IN ('WAITING', 'TOLD', 'UNKNOWN')),
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz(3) NOT NULL DEFAULT now(),
  received_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (provider, event_id),
  CHECK (charge_key IS NOT NULL OR state <> 'WAITING')
);

CREATE INDEX provider_events_waiting_idx ON provider_events (next_at) WHERE state = 'WAITING';
CREATE INDEX provider_events_unknown_idx ON provider_events (received_at) WHERE state = 'UNKNOWN';
CREATE INDEX provider_events_received_at_idx ON provider_events (received_at);
