import type { Guard } from './guard.js';

const users = 'api/user/user-api.int.test.ts';

/** What whoever holds a token, or sends something odd, does not get by it. */
export const attacks: Guard[] = [
  {
    promise: "A stolen access token does not become the account: a new password of one's own needs the one before.",
    code: {
      file: 'api/user/routes/change-user.ts',
      text: 'if (password !== undefined && isSelf && ',
      instead: 'if (password === undefined && isSelf && ',
    },
    test: { file: users, name: 'a new password needs the one before' },
  },
  {
    promise: 'Nobody changes whether they are disabled.',
    code: {
      file: 'api/user/routes/change-user.ts',
      text: 'changes.disabled !== undefined && (isSelf || !isAdmin)',
      instead: 'changes.disabled !== undefined && !isAdmin',
    },
    test: { file: users, name: 'an admin who was disabled, or is none any more, is out at once' },
  },
  {
    promise: 'A disabled user changes nothing of a user by a token from before.',
    code: {
      file: 'api/user/routes/change-user.ts',
      text: 'caller === undefined || caller.user.disabled',
      instead: 'caller === undefined',
    },
    test: { file: users, name: 'who was disabled can order again once an admin says so' },
  },
  {
    promise: "A name is one line: nobody's begins a paragraph of its own in a mail, or drives a terminal.",
    code: {
      file: 'contracts/http/common.ts',
      text: "z.string().max(most).regex(ONE_LINE, 'must be one line without control characters')",
      instead: 'z.string().max(most + 0 * Number(ONE_LINE.global))',
    },
    test: { file: users, name: 'users sign-up with a wrong name is a 400 that names it, and makes nobody' },
  },
  {
    promise: 'What a carrier has signed of one delivery is good for no other.',
    code: {
      file: 'api/delivery/routes/post-event.ts',
      text: 'if (update.deliveryId !== deliveryId)',
      instead: 'if (update.deliveryId !== deliveryId && !carrier)',
    },
    test: { file: 'api/delivery/routes/post-event.int.test.ts', name: 'refuses what is signed of another delivery' },
  },
  {
    promise: "A carrier's key speaks for its own parcels alone.",
    code: {
      file: 'services/delivery/record-event.ts',
      text: 'where: { id: deliveryId, carrier, status:',
      instead: 'where: { id: deliveryId, status:',
    },
    test: { file: 'api/delivery/routes/post-event.int.test.ts', name: 'refuses what is signed of another delivery' },
  },
  {
    promise: 'Only an access token is one, whatever else our key may sign.',
    code: { file: 'api/http/tokens/own-tokens.ts', text: "typ: 'at+jwt',", instead: '' },
    test: { file: 'api/http/auth.test.ts', name: 'expired, forged, of others or for others' },
  },
  {
    promise: 'A token ends a quarter of an hour after it was given, whatever it says of its end.',
    code: { file: 'api/http/tokens/own-tokens.ts', text: 'maxTokenAge: 15 * 60,', instead: '' },
    test: { file: 'api/http/auth.test.ts', name: 'expired, forged, of others or for others' },
  },
];
