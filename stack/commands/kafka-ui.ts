import { createKafkaUi } from '../kafka-ui/app.js';

/** A page of what is in Kafka: started beside the other servers, see servers/kafka.ts. */
export function run() {
  const { KAFKA_BROKERS, PORT, HOST = '127.0.0.1' } = process.env;
  if (!KAFKA_BROKERS || !PORT) throw new Error('KAFKA_BROKERS and PORT must be set');
  createKafkaUi({ brokers: KAFKA_BROKERS.split(',') }).listen(Number(PORT), HOST, (error) => {
    if (error) throw error;
    console.log(`Kafka UI of ${KAFKA_BROKERS} at http://${HOST}:${PORT}`);
  });
}
