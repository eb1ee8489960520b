import { expect, test } from 'vitest';
import { ServiceAnsweredError, ServiceUnavailableError } from '../../clients/errors.js';
import { createOutsideUsers } from './outside-users.js';

const minute = 60_000;
const carol = { issuer: 'https://provider.test', subject: 'carol', emailVerified: true };

/** The user service, as somebody at the other end of the clients' interface sees it. */
function testUsers() {
  const state = { now: 0, ended: false, asked: 0, name: 'Carol', fails: undefined as Error | undefined };
  const users = createOutsideUsers(
    {
      whoIs: () => {
        state.asked += 1;
        if (state.fails !== undefined) return Promise.reject(state.fails);
        const at = new Date(0).toISOString();
        return Promise.resolve({
          id: 7,
          email: 'carol@example.com',
          name: state.name,
          phone: null,
          address: null,
          roles: ['customer'],
          disabled: false,
          createdAt: at,
          updatedAt: at,
        });
      },
    },
    { has: () => Promise.resolve(state.ended) },
    () => state.now,
  );
  return { state, who: (token = 'a.b.c') => users.userOf(carol, token) };
}

const principal = { kind: 'user', userId: 7, roles: ['customer'], name: 'Carol', email: 'carol@example.com' };
const away = new ServiceUnavailableError('user-service', 'gone');

test('the user service is asked once a minute, whatever the token', async () => {
  const { state, who } = testUsers();
  expect(await who()).toEqual(principal);
  expect(await who('d.e.f')).toEqual(principal);
  expect(state.asked).toBe(1);
  state.now = minute;
  state.name = 'Caroline';
  expect(await who()).toMatchObject({ name: 'Caroline' });
  expect(state.asked).toBe(2);
});

test('who may have lost something is asked for again at once, and is nobody while the user service is away', async () => {
  const { state, who } = testUsers();
  await who();
  state.ended = true;
  state.name = 'Caroline';
  expect(await who()).toMatchObject({ name: 'Caroline' });
  state.fails = away;
  await expect(who()).rejects.toMatchObject({ status: 503, code: 'user-unavailable' });
});

test('what comes with one token at the same time is one question', async () => {
  const { state, who } = testUsers();
  await Promise.all([who(), who(), who()]);
  expect(state.asked).toBe(1);
});

test('who was seen before gets on for a quarter of an hour without the user service, and it is left alone for 5 s', async () => {
  const { state, who } = testUsers();
  await who();
  state.fails = away;
  state.now = 14 * minute;
  expect(await who()).toEqual(principal);
  expect(await who()).toEqual(principal);
  expect(state.asked).toBe(2);
  state.now = 15 * minute;
  await expect(who()).rejects.toMatchObject({ status: 503, code: 'user-unavailable' });
});

test('who was not seen before has to wait for it', async () => {
  const { state, who } = testUsers();
  state.fails = away;
  await expect(who()).rejects.toMatchObject({ status: 503, code: 'user-unavailable' });
});

test("the user service's refusal stands, also of somebody whom we know", async () => {
  const { state, who } = testUsers();
  await who();
  state.now = minute;
  state.fails = new ServiceAnsweredError('user-service', 403, 'user-disabled');
  const refusal = { status: 403, code: 'user-disabled', detail: 'This user is disabled.' };
  await expect(who()).rejects.toMatchObject(refusal);
  // And what it had said before is forgotten.
  state.fails = away;
  await expect(who()).rejects.toMatchObject({ status: 503 });
  state.fails = new ServiceAnsweredError('user-service', 401, 'unauthorized');
  await expect(who()).rejects.toMatchObject({
    status: 401,
    headers: { 'WWW-Authenticate': expect.stringContaining('Bearer') },
  });
});
