-- Where all was given back in parts, the undo has nothing left to give back: that is no operation. Holds for each row once those of the end are gone.
ALTER TABLE payment_operations ADD CONSTRAINT payment_operations_refund_check CHECK (kind <> 'REFUND' OR amount > 0) NOT VALID;

CREATE OR REPLACE FUNCTION write_operations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO payment_operations AS known (id, order_id, kind, amount, state, provider_reference, created_at)
  VALUES (NEW.order_id, NEW.order_id, 'CAPTURE', NEW.amount, charge_state(NEW.status), coalesce(NEW.provider_charge_id, NEW.decline_code), NEW.created_at)
  ON CONFLICT (id) DO UPDATE
    SET state = excluded.state, provider_reference = excluded.provider_reference, updated_at = now()
    WHERE known.state <> excluded.state;
  IF NEW.status = 'REFUNDED' AND NEW.amount > NEW.refunded_in_parts THEN
    -- A part that the provider then refuses makes the rest larger.
    INSERT INTO payment_operations AS known (id, order_id, kind, amount, state, provider_reference)
    VALUES (NEW.order_id || '/refund-payment', NEW.order_id, 'REFUND', NEW.amount - NEW.refunded_in_parts, 'DONE', NEW.provider_charge_id)
    ON CONFLICT (id) DO UPDATE SET amount = excluded.amount, updated_at = now() WHERE known.amount <> excluded.amount;
  END IF;
  RETURN NULL;
END
$$;

DELETE FROM payment_operations WHERE kind = 'REFUND' AND amount = 0;
