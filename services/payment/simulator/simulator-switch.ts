import type { Simulator } from '../../../contracts/http/payments.js';
import type { PrismaClient } from './prisma/generated/client.js';

export type SimulatorSwitch = ReturnType<typeof createSimulatorSwitch>;

/** Whether the simulated provider is up: kept in its database, so for all processes at once, and over restarts. */
export function createSimulatorSwitch(prisma: PrismaClient) {
  return {
    read: async (): Promise<Simulator> => {
      const { provider } = await prisma.simulatorState.findUniqueOrThrow({ where: { id: 1 } });
      return { provider: provider === 'up' ? 'up' : 'down' };
    },
    set: async ({ provider }: Simulator): Promise<void> => {
      await prisma.simulatorState.update({ where: { id: 1 }, data: { provider, updatedAt: new Date() } });
    },
  };
}
