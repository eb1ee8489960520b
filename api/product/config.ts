import { z } from 'zod';
import { databaseSettings, processSettings } from '../../platform/env.js';
import { authSettings } from '../http/auth.js';

export const settings = z.object({ ...processSettings, ...databaseSettings, ...authSettings });

export type ProductApiConfig = z.output<typeof settings>;
