-- Everybody's orders, newest first, for admins: all of them, or those of one status.
CREATE INDEX orders_created_at_id_idx ON orders (created_at, id);
CREATE INDEX orders_status_created_at_id_idx ON orders (status, created_at, id);
