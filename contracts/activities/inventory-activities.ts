/** The inventory service's part in the Saga, on task queue `inventory`. Each may run twice, late and out of order. */
export interface StockRequest {
  orderId: string;
  /** One entry per product, in ascending product id. */
  lines: readonly { productId: number; quantity: number }[];
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
