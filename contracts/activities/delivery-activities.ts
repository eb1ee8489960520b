import type { Address } from '../http/address.js';

/** The delivery service's part in the Saga, on task queue `delivery`. Each may run twice, late and out of order. */
export interface DeliveryRequest {
  orderId: string;
  userId: number;
  shippingAddress: Address;
  lines: readonly { productId: number; productName: string; quantity: number }[];
}

export interface StartedDelivery {
  deliveryId: string;
  carrier: string;
  trackingNumber: string;
  /** What the carrier has said of it by then; none from a worker of before. */
  reports?: readonly DeliveryUpdate[];
}

export interface DeliveryActivities {
  /** Hands the order to the carrier, once. Refuses with `DeliveryRefused`; with `Compensated` once it was called off. */
  startDelivery(request: DeliveryRequest): Promise<StartedDelivery>;
  /** Calls the delivery off; a mark where it never started. Refuses with `AlreadyDelivered`. */
  cancelDelivery(request: { orderId: string; userId: number }): Promise<void>;
  /** What the carrier has said of the order's delivery and counts, the end last: a signal may have been lost, this is not. */
  carrierReports(request: { orderId: string }): Promise<DeliveryUpdate[]>;
}

/** What the carrier said. Payload of the Saga's signal `deliveryUpdate`. */
export interface DeliveryUpdate {
  status: 'in_transit' | 'delivered' | 'returned';
  /** RFC 3339 UTC. */
  at: string;
}
