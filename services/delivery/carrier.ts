import { z } from 'zod';
import { json } from '../../platform/env.js';
import type { Address } from '../../contracts/http/address.js';

const keySchema = z.strictObject({ carrier: z.string().min(1), secret: z.string().min(32) });

/** By key id. A key speaks for the parcels of one carrier. */
export type CarrierKeys = Record<string, z.output<typeof keySchema>>;

/** For whoever checks a carrier's signatures, and for the simulated carrier, which makes them. */
export const carrierSettings = {
  CARRIER_KEYS: json(z.record(z.string(), keySchema)).describe(
    'JSON, key id to `{"carrier", "secret"}`, the secret of 32 characters at least; several, so that one can be changed without losing a report',
  ),
};

/** Who brings the goods. Both calls are idempotent by their reference. A call that throws may or may not have happened. */
export interface Carrier {
  book(booking: Booking): Promise<BookingAnswer>;
  /** Calls a booking off; for a reference that was never booked, leaves a mark so that a late booking is refused. */
  cancel(request: { reference: string }): Promise<CancelAnswer>;
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
type BookingAnswer =
  ({ outcome: 'booked' } & Booked) | { outcome: 'refused'; code: string } | { outcome: 'called-off' };

type CancelAnswer = { outcome: 'called-off' } | ({ outcome: 'already-delivered' } & Booked);
