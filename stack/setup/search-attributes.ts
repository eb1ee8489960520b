import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../../contracts/search-attributes.js';

// A CommonJS package whose names Node can't see: only its default export can be imported.
const { IndexedValueType } = proto.temporal.api.enums.v1;

/** What Temporal knows of each type that we use. */
const TYPES = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  KEYWORD_LIST: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
} as const;

/**
 * Registers what is missing: a workflow task that sets an unregistered attribute fails. Returns the names that were
 * registered now; harmless to repeat.
 */
export async function registerSearchAttributes(settings: { address: string; namespace: string }): Promise<string[]> {
  const connection = await Connection.connect({ address: settings.address });
  const { namespace } = settings;
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !(name in customAttributes));
    if (missing.length > 0) {
      await connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, TYPES[type]])),
      });
    }
    return missing.map(([name]) => name);
  } finally {
    await connection.close();
  }
}
