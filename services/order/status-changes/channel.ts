/** The PostgreSQL channel that tells which order has a new status: the order's id. */
export const STATUS_CHANGED = 'order_status_changed';
