-- Written by who watches the Saga from outside: the order's workflow can't say this itself.
ALTER TABLE orders
  ADD COLUMN stalled_since timestamptz(3),
  ADD COLUMN stalled_why text;
