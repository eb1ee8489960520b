import { z } from 'zod';

/** RFC 9457, as every error is answered. Members beyond these belong to the code, such as `productId` of `insufficient-stock`. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string(),
  traceId: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

export type ProblemDocument = z.infer<typeof problemSchema>;
