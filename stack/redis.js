// @ts-check
import { redis } from './commands/redis.js';

await redis();
