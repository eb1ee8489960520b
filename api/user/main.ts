import { readEnv } from '../../platform/env.js';
import { serve } from '../http/serve.js';
import { settings } from './config.js';
import { createContext, createUserApp } from './service.js';

await serve(readEnv(settings), async (base) => ({ app: createUserApp(await createContext(base)) }));
