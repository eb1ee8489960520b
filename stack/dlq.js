// @ts-check
import { dlq } from './commands/dlq.js';

dlq();
