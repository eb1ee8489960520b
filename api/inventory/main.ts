import { readEnv } from '../../platform/env.js';
import { serve } from '../http/serve.js';
import { settings } from './config.js';
import { createInventoryApp, createContext } from './service.js';

await serve(readEnv(settings), (base) => ({ app: createInventoryApp(createContext(base)) }));
