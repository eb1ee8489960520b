/** The PostgreSQL channel on which writers of the outbox wake its relay. */
export const WAKE_RELAY = 'outbox_events';
