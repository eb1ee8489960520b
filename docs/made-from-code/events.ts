import { EVENT_KINDS } from '../../contracts/events/order-event.js';
import { eventJsonSchemaOf, exampleEvent, exampleUserEvent } from '../../contracts/events/published-files.js';
import { CUSTOMER_TOPICS, TOPICS, USER_TOPICS, type Topic } from '../../contracts/topics.js';
import { messageOf } from '../../notifications/templates/templates.js';
import { code, table } from './table.js';

interface Field {
  type?: string;
  const?: string;
  description?: string;
  properties?: Record<string, Field>;
  required?: string[];
  items?: Field;
}

const schemaOf = (topic: Topic) => eventJsonSchemaOf(topic) as unknown as Required<Field>;
const dataOf = (topic: Topic) => schemaOf(topic).properties['data'] ?? {};

const fieldsOf = (topic: Topic) => Object.keys(dataOf(topic).properties ?? {});
const common = fieldsOf('order-created');
const STEP_FIELDS = [...new Set(TOPICS.flatMap(fieldsOf))].filter((field) => !common.includes(field));

/** The tables and the example of docs/events.md, by the names of their places. */
export function eventTables(): Record<string, string> {
  const { data: _, type, ...attributes } = schemaOf('order-created').properties;
  return {
    topics: table(
      ['topic', 'what has happened', ...STEP_FIELDS.map(code)],
      TOPICS.map((topic) => [
        code(topic),
        EVENT_KINDS[topic].tells,
        ...STEP_FIELDS.map((field) => presence(topic, field)),
      ]),
    ),
    attributes: table(
      ['attribute', 'value'],
      Object.entries({ ...attributes, type: { ...type, const: 'holdfast.<topic>.v1' } }).map(([name, field]) => [
        code(name),
        meaningOf(field),
      ]),
    ),
    order: table(
      ['field', 'type', 'meaning'],
      Object.entries(dataOf('order-created').properties ?? {}).map(([name, field]) => [
        code(name),
        typeOf(field),
        meaningOf(field),
      ]),
    ),
    example: `\`\`\`json\n${JSON.stringify(exampleEvent('delivery-started'), null, 2)}\n\`\`\``,
    customers: table(
      ['topic', 'SMS, and what the e-mail says at more length'],
      [...CUSTOMER_TOPICS.map(exampleEvent), ...USER_TOPICS.map(exampleUserEvent)].map((event) => [
        code(event.type.split('.')[1] ?? ''),
        messageOf(event)?.short ?? '',
      ]),
    ),
  };
}

function presence(topic: Topic, field: string): string {
  const { properties = {}, required = [] } = dataOf(topic);
  if (!(field in properties)) return '';
  return required.includes(field) ? 'always' : 'if known';
}

const typeOf = ({ type, items }: Field): string =>
  items ? `array of {${Object.keys(items.properties ?? {}).join(', ')}}` : (type ?? '');

const meaningOf = (field: Field): string => field.description ?? (field.const === undefined ? '' : code(field.const));
