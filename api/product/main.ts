import { readEnv } from '../../platform/env.js';
import { serve } from '../http/serve.js';
import { settings } from './config.js';
import { createProductApp, createContext } from './service.js';

await serve(readEnv(settings), (base) => ({ app: createProductApp(createContext(base)) }));
