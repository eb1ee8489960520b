-- Goods that came back with a refund: by the refund's operation, so that it counts once however often it is asked for.
CREATE TABLE restocks (
  operation_id text NOT NULL,
  product_id integer NOT NULL,
  order_id text NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  status text NOT NULL CHECK (status IN ('DONE', 'REFUSED')),
  at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (operation_id, product_id)
);

CREATE INDEX restocks_order_id_idx ON restocks (order_id);

ALTER TABLE reservations ADD COLUMN restocked integer NOT NULL DEFAULT 0;
-- Holds for every row that is there: the column is new.
ALTER TABLE reservations ADD CONSTRAINT reservations_restocked_check CHECK (restocked BETWEEN 0 AND quantity) NOT VALID;
