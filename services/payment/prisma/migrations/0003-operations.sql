-- The ledger: what the provider was asked to do with an order's money, one row for each thing. A charge is authorised and taken by one
-- CAPTURE, whose id is the order's; what comes later has an id of its own. The provider is asked under it, and under the order's for the undo.
CREATE TABLE payment_operations (
  id text PRIMARY KEY,
  order_id text NOT NULL REFERENCES payments (order_id),
  kind text NOT NULL CHECK (kind IN ('AUTHORISE', 'CAPTURE', 'VOID', 'REFUND')),
  amount bigint NOT NULL CHECK (amount >= 0),
  state text NOT NULL CHECK (state IN ('PENDING', 'DONE', 'REFUSED', 'VOIDED')),
  provider_reference text,
  reason text,
  requested_by text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE INDEX payment_operations_order_id_created_at_id_idx ON payment_operations (order_id, created_at, id);
CREATE INDEX payment_operations_updated_at_idx ON payment_operations (updated_at);

-- By operations of their own, those that are still asked for among them: an undo gives back the rest.
ALTER TABLE payments ADD COLUMN refunded_in_parts bigint NOT NULL DEFAULT 0;
-- Holds for every row that is there: the column is new.
ALTER TABLE payments ADD CONSTRAINT payments_refunded_in_parts_check CHECK (refunded_in_parts BETWEEN 0 AND amount) NOT VALID;

CREATE FUNCTION charge_state(status text) RETURNS text LANGUAGE sql IMMUTABLE RETURN
  CASE status WHEN 'CHARGED' THEN 'DONE' WHEN 'REFUNDED' THEN 'DONE' WHEN 'DECLINED' THEN 'REFUSED' ELSE status END;

-- Here, and not in code, so that the ledger has what a payment comes to whoever writes it: an instance of an older version too.
CREATE FUNCTION write_operations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO payment_operations AS known (id, order_id, kind, amount, state, provider_reference, created_at)
  VALUES (NEW.order_id, NEW.order_id, 'CAPTURE', NEW.amount, charge_state(NEW.status), coalesce(NEW.provider_charge_id, NEW.decline_code), NEW.created_at)
  ON CONFLICT (id) DO UPDATE
    SET state = excluded.state, provider_reference = excluded.provider_reference, updated_at = now()
    WHERE known.state <> excluded.state;
  IF NEW.status = 'REFUNDED' THEN
    -- A part that the provider then refuses makes the rest larger.
    INSERT INTO payment_operations AS known (id, order_id, kind, amount, state, provider_reference)
    VALUES (NEW.order_id || '/refund-payment', NEW.order_id, 'REFUND', NEW.amount - NEW.refunded_in_parts, 'DONE', NEW.provider_charge_id)
    ON CONFLICT (id) DO UPDATE SET amount = excluded.amount, updated_at = now() WHERE known.amount <> excluded.amount;
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER payments_write_operations AFTER INSERT OR UPDATE OF status, refunded_in_parts ON payments FOR EACH ROW
  EXECUTE FUNCTION write_operations();
