import type { UserClient } from '../../../clients/user-client.js';
import type { Address } from '../../../contracts/http/address.js';
import { unprocessable } from '../../http/problem.js';

export interface Customer {
  /** false: the user service is down, so the token, which names the user, is believed. */
  verified: boolean;
  address: Address | undefined;
}

export async function verifyCustomer(users: UserClient, userId: number): Promise<Customer> {
  const answer = await users.validateUser(userId);
  switch (answer.outcome) {
    case 'unavailable':
      return { verified: false, address: undefined };
    case 'unknown':
      throw unknownUser();
    case 'verified':
      if (!answer.user.valid) throw unknownUser();
      return { verified: true, address: answer.user.address ?? undefined };
  }
}

const unknownUser = () => unprocessable('unknown-user', 'There is no such user, or they may not order.');
