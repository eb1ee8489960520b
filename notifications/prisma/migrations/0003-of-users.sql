-- What tells of a user and of no order.
ALTER TABLE notifications ALTER COLUMN order_id DROP NOT NULL;
