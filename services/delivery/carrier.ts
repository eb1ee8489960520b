import type { Address } from '../../contracts/http/address.js';

/** Who brings the goods. Both calls are idempotent by their reference. A call that throws may or may not have happened. */
export interface Carrier {
  book(booking: Booking): Promise<BookingAnswer>;
  /** Calls a booking off; for a reference that was never booked, leaves a mark so that a late booking is refused. */
  callOff(request: { reference: string }): Promise<CallOffAnswer>;
}

export interface Booking {
  /** Our delivery's id. */
  reference: string;
  address: Address;
  lines: readonly { productName: string; quantity: number }[];
}

export interface Booked {
  carrier: string;
  trackingNumber: string;
}

/** `called-off`: it was called off before this call; nothing will be sent. */
export type BookingAnswer =
  ({ outcome: 'booked' } & Booked) | { outcome: 'refused'; code: string } | { outcome: 'called-off' };

export type CallOffAnswer = { outcome: 'called-off' } | ({ outcome: 'already-delivered' } & Booked);
