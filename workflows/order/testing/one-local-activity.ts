import { ApplicationFailure, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

/**
 * In the bundle of each test: a workflow that ever had two local activities under way fails at its end, whatever it
 * made of them. The SDK's core resolves them on replay by the order of their markers, and takes one for the other
 * (temporalio/sdk-rust issue 1442, temporalio/sdk-python issue 1881): such a workflow may stand still for ever.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let underWay = 0;
  let tooMany: string | undefined;
  return {
    inbound: [
      {
        execute: async (input, next) => {
          const result = await next(input);
          if (tooMany !== undefined)
            throw ApplicationFailure.nonRetryable(
              `${tooMany} began beside another local activity`,
              'TwoLocalActivities',
            );
          return result;
        },
      },
    ],
    outbound: [
      {
        scheduleLocalActivity: async (input, next) => {
          if (underWay > 0) tooMany ??= input.activityType;
          underWay += 1;
          try {
            return await next(input);
          } finally {
            underWay -= 1;
          }
        },
      },
    ],
  };
};
