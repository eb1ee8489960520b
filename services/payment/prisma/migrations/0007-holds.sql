-- A charge may hold the money first: AUTHORISE has the order's id then, and what takes it, CAPTURE, an id of its own.
ALTER TABLE payments ADD COLUMN held_first boolean NOT NULL DEFAULT false, ADD COLUMN hold_expires_at timestamptz(3);
ALTER TABLE payments DROP CONSTRAINT payments_status_check;
-- Holds for every row that is there: the status is new, and only of what is held first.
ALTER TABLE payments ADD CONSTRAINT payments_status_check CHECK (
  status IN ('PENDING', 'CHARGED', 'DECLINED', 'REFUNDED', 'VOIDED') OR (status = 'AUTHORISED' AND held_first)
) NOT VALID;
-- Nothing goes back of what is only held.
ALTER TABLE payments ADD CONSTRAINT payments_held_check CHECK (status <> 'AUTHORISED' OR refunded_in_parts = 0) NOT VALID;

CREATE OR REPLACE FUNCTION charge_state(status text) RETURNS text LANGUAGE sql IMMUTABLE RETURN
  CASE status WHEN 'CHARGED' THEN 'DONE' WHEN 'REFUNDED' THEN 'DONE' WHEN 'AUTHORISED' THEN 'DONE' WHEN 'DECLINED' THEN 'REFUSED' ELSE status END;

CREATE OR REPLACE FUNCTION write_operations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO payment_operations AS known (id, order_id, kind, amount, state, provider_reference, created_at)
  VALUES (NEW.order_id, NEW.order_id, CASE WHEN NEW.held_first THEN 'AUTHORISE' ELSE 'CAPTURE' END, NEW.amount,
    charge_state(NEW.status), coalesce(NEW.provider_charge_id, NEW.decline_code), NEW.created_at)
  ON CONFLICT (id) DO UPDATE
    SET state = excluded.state, provider_reference = excluded.provider_reference, updated_at = now()
    -- What was held stays so in the books, also where it was let go of: that is an operation of its own.
    WHERE known.state <> excluded.state AND NOT (known.kind = 'AUTHORISE' AND known.state = 'DONE');
  IF NEW.held_first AND NEW.status IN ('CHARGED', 'REFUNDED') THEN
    INSERT INTO payment_operations AS known (id, order_id, kind, amount, state, provider_reference)
    VALUES (NEW.order_id || '/capture-payment', NEW.order_id, 'CAPTURE', NEW.amount, 'DONE', NEW.provider_charge_id)
    ON CONFLICT (id) DO UPDATE
      SET state = 'DONE', provider_reference = excluded.provider_reference, updated_at = now() WHERE known.state <> 'DONE';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.status = 'VOIDED' THEN
    IF OLD.status = 'AUTHORISED' THEN
      INSERT INTO payment_operations (id, order_id, kind, amount, state, provider_reference)
      VALUES (NEW.order_id || '/refund-payment', NEW.order_id, 'VOID', NEW.amount, 'DONE', NEW.provider_charge_id)
      ON CONFLICT (id) DO NOTHING;
    END IF;
    UPDATE payment_operations SET state = 'VOIDED', updated_at = now()
    WHERE id = NEW.order_id || '/capture-payment' AND state = 'PENDING';
  END IF;
  IF NEW.status = 'REFUNDED' AND NEW.amount > NEW.refunded_in_parts THEN
    -- A part that the provider then refuses makes the rest larger; and what turned up after its void is given back after all.
    INSERT INTO payment_operations AS known (id, order_id, kind, amount, state, provider_reference)
    VALUES (NEW.order_id || '/refund-payment', NEW.order_id, 'REFUND', NEW.amount - NEW.refunded_in_parts, 'DONE', NEW.provider_charge_id)
    ON CONFLICT (id) DO UPDATE SET kind = 'REFUND', amount = excluded.amount, updated_at = now()
      WHERE known.amount <> excluded.amount OR known.kind <> 'REFUND';
  END IF;
  RETURN NULL;
END
$$;
