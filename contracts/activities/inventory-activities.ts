/** The inventory service's part in the Saga, on task queue `inventory`. Each may run twice, late and out of order. */
export interface StockRequest {
  orderId: string;
  /** One entry per product, in ascending product id. */
  lines: readonly { productId: number; quantity: number }[];
}

/** Goods of an order that came back with a refund. */
export interface RestockRequest extends StockRequest {
  /** The refund's: the same each time that it is asked for. */
  operationId: string;
}

/** More than was delivered and is not back yet: `left`. */
export interface RestockShort {
  productId: number;
  left: number;
}

/** Also on task queue `inventory`, beside the order's Saga. */
export interface RestockActivities {
  /** What would make a restock be refused now; null: nothing, or it was decided before. Writes nothing. */
  restockShort(request: RestockRequest): Promise<RestockShort | null>;
  /** All lines go back to stock, once, or none does; the same answer however often and however late it is asked for. */
  restock(request: RestockRequest): Promise<{ restocked: boolean }>;
}

export interface InventoryActivities {
  /**
   * Holds stock for all lines or for none. Refuses with `InsufficientStock`, and writes the refusal down, so that an
   * attempt that comes late refuses too; with `Compensated` once the order's stock was released.
   */
  reserveStock(request: StockRequest): Promise<void>;
  /** Gives back what is held, or what had been sold and came back; a mark where nothing was ever held. */
  releaseStock(request: StockRequest): Promise<void>;
  /** The goods were delivered: what is held leaves the books. */
  commitStock(request: StockRequest): Promise<void>;
}
