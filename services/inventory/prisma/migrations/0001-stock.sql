CREATE TABLE stock_levels (
  product_id integer PRIMARY KEY,
  quantity integer NOT NULL CHECK (quantity >= 0),
  reserved integer NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE reservations (
  order_id text NOT NULL,
  product_id integer NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  status text NOT NULL CHECK (status IN ('RESERVED', 'RELEASED', 'COMMITTED', 'RETURNED', 'REFUSED')),
  available integer,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (order_id, product_id)
);
