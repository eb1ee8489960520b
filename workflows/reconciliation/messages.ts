import { defineQuery } from '@temporalio/workflow';
import type { ReconciliationReport } from '../../contracts/reconciliation.js';

/** How far it is. */
export const reconciliationProgress = defineQuery<Pick<ReconciliationReport, 'checked' | 'counts'>>('progress');
