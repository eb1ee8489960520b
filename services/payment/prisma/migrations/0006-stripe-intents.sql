-- Which PaymentIntent of Stripe is a charge's: written before it is confirmed, so no other is ever confirmed for the key.
CREATE TABLE stripe_intents (
  key text PRIMARY KEY,
  -- null: undone before there was one.
  intent_id text UNIQUE,
  undone boolean NOT NULL DEFAULT false,
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  CHECK (undone OR intent_id IS NOT NULL)
);
CREATE INDEX stripe_intents_updated_at_idx ON stripe_intents (updated_at);
