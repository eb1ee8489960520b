import { readEnv } from '../../platform/env.js';
import { serve } from '../http/serve.js';
import { settings } from './config.js';
import { createDeliveryApp, createContext } from './service.js';

await serve(readEnv(settings), (base) => ({ app: createDeliveryApp(createContext(base)) }));
