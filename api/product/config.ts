import { z } from 'zod';
import { databaseSettings, processSettings, readEnv } from '../../platform/env.js';
import { authSettings } from '../http/auth.js';

export const settings = z.object({ ...processSettings, ...databaseSettings, ...authSettings });

export type Config = z.output<typeof settings>;

export const readConfig = (): Config => readEnv(settings);
