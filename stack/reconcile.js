// @ts-check
import { reconcile } from './commands/reconcile.js';

reconcile();
