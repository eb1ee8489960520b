import type { UserClient } from '../../../clients/user-client.js';
import type { Address } from '../../../contracts/http/address.js';
import { serviceUnavailable, unprocessable } from '../../http/problem.js';

export interface Customer {
  /** false: the user service is down, so the token, which names the user it was given to, is believed. */
  verified: boolean;
  address: Address | undefined;
}

/** Throws the problem to answer with. A token vouches for its own holder alone, so not when it is `forAnother`. */
export async function verifyCustomer(
  users: UserClient,
  userId: number,
  { forAnother }: { forAnother: boolean },
): Promise<Customer> {
  const answer = await users.validateUser(userId);
  switch (answer.outcome) {
    case 'unavailable':
      if (forAnother) throw userUnavailable();
      return { verified: false, address: undefined };
    case 'unknown':
      throw unknownUser();
    case 'verified':
      if (!answer.user.valid) throw unknownUser();
      return { verified: true, address: answer.user.address ?? undefined };
  }
}

const userUnavailable = () =>
  serviceUnavailable('user-unavailable', 'The user can not be asked for right now. Nothing was ordered.');

const unknownUser = () => unprocessable('unknown-user', 'There is no such user, or they may not order.');
