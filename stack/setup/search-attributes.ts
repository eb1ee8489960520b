import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { SEARCH_ATTRIBUTES, type SearchAttributeName } from '../../contracts/search-attributes.js';

// A CommonJS package whose names Node can't see: only its default export can be imported.
const { IndexedValueType } = proto.temporal.api.enums.v1;

/** What Temporal knows of each type that we use. */
const TYPES = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  KEYWORD_LIST: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
} as const;

interface TemporalAddress {
  address: string;
  namespace: string;
}

/** The names that the namespace does not know yet. Rejects where there is no such namespace. */
export async function missingSearchAttributes({ address, namespace }: TemporalAddress): Promise<SearchAttributeName[]> {
  const connection = await Connection.connect({ address });
  try {
    return await missingIn(connection, namespace);
  } finally {
    await connection.close();
  }
}

async function missingIn({ operatorService }: Connection, namespace: string): Promise<SearchAttributeName[]> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  return (Object.keys(SEARCH_ATTRIBUTES) as SearchAttributeName[]).filter((name) => !(name in customAttributes));
}

/**
 * Registers what is missing: a workflow task that sets an unregistered attribute fails. Returns the names that were
 * registered now; harmless to repeat.
 */
export async function registerSearchAttributes({ address, namespace }: TemporalAddress): Promise<string[]> {
  const connection = await Connection.connect({ address });
  try {
    const missing = await missingIn(connection, namespace);
    if (missing.length > 0) {
      await connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(missing.map((name) => [name, TYPES[SEARCH_ATTRIBUTES[name]]])),
      });
    }
    return missing;
  } finally {
    await connection.close();
  }
}
