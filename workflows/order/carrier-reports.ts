import type { DeliveryUpdate } from '../../contracts/activities/delivery-activities.js';

export type CarrierEnd = 'delivered' | 'returned';

/**
 * What the carrier has told. It may tell twice, in any order, and before the step that started the delivery has
 * answered: the first end counts, and whatever comes after it says nothing new.
 */
export class CarrierReports {
  #inTransit = false;
  #end: CarrierEnd | undefined;
  #reports = 0;
  #wereRead = false;
  #settled = false;

  hear(update: DeliveryUpdate | null | undefined): void {
    if (update) this.#reports += 1;
    switch (update?.status) {
      case 'in_transit':
        this.#inTransit = true;
        break;
      case 'delivered':
      case 'returned':
        this.#end ??= update.status;
        break;
      case undefined: // Sent by hand without its payload, or with one that nobody can read.
    }
  }

  /** An operator knows that it was delivered, whatever the carrier says from now on. */
  settle(): void {
    this.#settled = true;
  }

  /** What the delivery service's books have: it may have been told before. Anything else says nothing. */
  read(reports: unknown): void {
    if (!Array.isArray(reports)) return;
    this.#wereRead = true;
    for (const report of reports as DeliveryUpdate[]) if (!this.knows(report)) this.hear(report);
  }

  /** Since the delivery began, its service's books have been read. */
  get wereRead(): boolean {
    return this.#wereRead;
  }

  /** It was said before, or an end was: it is no sign of life. */
  knows(update: DeliveryUpdate | null | undefined): boolean {
    return this.#end !== undefined || (update?.status === 'in_transit' && this.#inTransit);
  }

  /** How often it has said something, whatever it was. */
  get reports(): number {
    return this.#reports;
  }

  get inTransit(): boolean {
    return this.#inTransit;
  }

  get end(): CarrierEnd | undefined {
    return this.#end;
  }

  /** From here on customers can't cancel. */
  get hasTheGoods(): boolean {
    return this.#settled || this.#end === 'delivered' || (this.#inTransit && this.#end === undefined);
  }
}
