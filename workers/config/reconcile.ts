import { z } from 'zod';
import { temporalSettings } from '../../platform/env.js';

export const settings = z.object(temporalSettings);
