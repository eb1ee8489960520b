-- What an order holds is HELD: RESERVED read as if it were the order's status.
ALTER TABLE reservations DROP CONSTRAINT reservations_status_check;
UPDATE reservations SET status = 'HELD' WHERE status = 'RESERVED';
ALTER TABLE reservations
  ADD CONSTRAINT reservations_status_check CHECK (status IN ('HELD', 'RELEASED', 'COMMITTED', 'RETURNED', 'REFUSED'));
