-- When an order is paid is decided as it is placed, and its repairs must not ask the settings of their day.
ALTER TABLE orders ADD COLUMN payment_capture text;
