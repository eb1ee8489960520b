import { z } from 'zod';
import { crashPoint } from '../crash-point.js';
import { processSettings, readEnv } from '../../env.js';

readEnv(z.object(processSettings));
crashPoint('charge: provider answered');
process.stdout.write('lived');
