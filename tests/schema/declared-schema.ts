import { readFile } from 'node:fs/promises';
import { getDMMF } from '@prisma/get-dmmf';

type Datamodel = Exclude<ReturnType<typeof getDMMF>, { reason: string }>['datamodel'];
type Model = Datamodel['models'][number];
type Field = Model['fields'][number];

/** What schema.prisma says of its database, one line per column, key and reference: see migratedSchema. */
export async function declaredSchema(file: string): Promise<string[]> {
  const parsed = getDMMF({ datamodel: await readFile(file, 'utf8') });
  if ('reason' in parsed) throw new Error(`${file}: ${parsed.reason}`, { cause: parsed.error });
  const { models, indexes } = parsed.datamodel;
  const modelOf = (name: string): Model =>
    found(
      models.find((model) => model.name === name),
      name,
    );
  return [
    ...models.flatMap((model) => model.fields.filter(isColumn).map((field) => columnLine(model, field))),
    ...indexes.map(({ model: name, type, fields }) => {
      const model = modelOf(name);
      return `${tableOf(model)}: ${KEYS[type]} (${columnsOf(
        model,
        fields.map((field) => field.name),
      )})`;
    }),
    ...models.flatMap((model) =>
      model.fields
        .filter((field) => (field.relationFromFields?.length ?? 0) > 0)
        .map((field) => referenceLine(model, field, modelOf(field.type))),
    ),
  ].sort();
}

const KEYS: Record<Datamodel['indexes'][number]['type'], string> = {
  id: 'primary key',
  unique: 'unique',
  normal: 'index',
  fulltext: 'full-text index',
};

const TYPES: Record<string, string> = {
  Int: 'integer',
  BigInt: 'bigint',
  String: 'text',
  Boolean: 'boolean',
  Json: 'jsonb',
  'DateTime @db.Timestamptz(3)': 'timestamp(3) with time zone',
};

function columnLine(model: Model, field: Field): string {
  const native = field.nativeType ? ` @db.${field.nativeType[0]}(${field.nativeType[1].join(', ')})` : '';
  const type = found(TYPES[field.type + native], `the column type of ${model.name}.${field.name}`);
  const parts = [`${type}${field.isList ? '[]' : ''}`, ...(field.isRequired ? ['not null'] : [])];
  if (field.hasDefaultValue) parts.push('default');
  return `${tableOf(model)}.${columnOf(field)}: ${parts.join(' ')}`;
}

function referenceLine(model: Model, field: Field, target: Model): string {
  const from = columnsOf(model, field.relationFromFields ?? []);
  const to = columnsOf(target, field.relationToFields ?? []);
  const onDelete = field.relationOnDelete === 'Cascade' ? ' on delete cascade' : '';
  return `${tableOf(model)}: (${from}) references ${tableOf(target)} (${to})${onDelete}`;
}

const isColumn = (field: Field): boolean => field.kind !== 'object';
const tableOf = (model: Model): string => model.dbName ?? model.name;
const columnOf = (field: Field): string => field.dbName ?? field.name;

function columnsOf(model: Model, names: readonly string[]): string {
  return names
    .map((name) =>
      columnOf(
        found(
          model.fields.find((field) => field.name === name),
          name,
        ),
      ),
    )
    .join(', ');
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the schema test does not know ${what}`);
  return value;
}
