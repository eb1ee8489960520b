import { describe, expect, it } from 'vitest';
import type { DeliveryUpdate } from '../../contracts/activities/delivery-activities.js';
import { CarrierReports } from './carrier-reports.js';

const after = (...told: DeliveryUpdate['status'][]) => {
  const news = new CarrierReports();
  for (const status of told) news.hear({ status, at: '2026-01-01T00:00:00Z' });
  return { inTransit: news.inTransit, end: news.end, hasTheGoods: news.hasTheGoods };
};

describe('what the carrier tells', () => {
  it.each([
    { told: [], inTransit: false, end: undefined, hasTheGoods: false },
    { told: ['in_transit'], inTransit: true, end: undefined, hasTheGoods: true },
    { told: ['delivered'], inTransit: false, end: 'delivered', hasTheGoods: true },
    { told: ['in_transit', 'returned'], inTransit: true, end: 'returned', hasTheGoods: false },
    { told: ['returned', 'in_transit'], inTransit: true, end: 'returned', hasTheGoods: false },
    { told: ['delivered', 'returned'], inTransit: false, end: 'delivered', hasTheGoods: true },
    { told: ['returned', 'delivered'], inTransit: false, end: 'returned', hasTheGoods: false },
  ] as const)('$told', ({ told, ...known }) => {
    expect(after(...told)).toEqual(known);
  });

  it('is nothing when a message comes without its payload', () => {
    const news = new CarrierReports();
    news.hear(undefined);
    expect(news.end).toBeUndefined();
  });
});
