import { z } from 'zod';
import { integerIdParamSchema } from '../../contracts/http/common.js';

export const userIdParamsSchema = z.object({ id: integerIdParamSchema });
