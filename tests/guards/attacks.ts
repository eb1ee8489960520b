import type { Guard } from './guard.js';

const EVENTS = 'api/order/order-events.int.test.ts';
const RATES = 'api/user/rate-limits.int.test.ts';
const GATEWAY_RATES = 'api/gateway/rate-limits.int.test.ts';
const PASSWORDS = 'services/user/passwords.test.ts';
const users = 'api/user/user-api.int.test.ts';

/** What whoever holds a token, or sends something odd, does not get by it. */
export const attacks: Guard[] = [
  {
    promise: "A stolen access token does not become the account: a new password of one's own needs the one before.",
    code: {
      file: 'api/user/routes/change-user.ts',
      text: 'if (isSelf && !(await passwordMatches',
      instead: 'if (!isSelf && !(await passwordMatches',
    },
    test: { file: users, name: 'a new password needs the one before' },
  },
  {
    promise:
      'A page of another site can do nothing with a session’s cookie: what the browser says of it is asked first.',
    code: { file: 'api/user/session-cookie.ts', text: "return site === 'same-origin'", instead: 'return true' },
    test: { file: users, name: 'a page of another site gets nothing by the cookie' },
  },
  {
    promise: 'A session’s cookie alone is not enough: what uses it has a header that no form can send.',
    code: { file: 'api/user/session-cookie.ts', text: '  parseHeaders(fromScriptSchema, req);\n', instead: '' },
    test: { file: users, name: 'a page of another site gets nothing by the cookie' },
  },
  {
    promise: 'A cookie that a neighbouring domain has put beside a session’s own is not believed, nor is that one.',
    code: {
      file: 'api/user/routes/refresh-session.ts',
      text: 'another !== undefined',
      instead: 'another === refreshToken',
    },
    test: { file: users, name: 'of two cookies none is believed' },
  },
  {
    promise: 'No script reads the refresh token of a browser.',
    code: { file: 'api/user/session-cookie.ts', text: 'httpOnly: true', instead: 'httpOnly: false' },
    test: { file: users, name: 'no script sees the refresh token' },
  },
  {
    promise: 'Nobody changes whether they are disabled.',
    code: {
      file: 'api/user/routes/change-user.ts',
      text: '(changes.disabled ?? changes.admin) !== undefined',
      instead: 'changes.admin !== undefined',
    },
    test: { file: users, name: 'an admin who was disabled, or is none any more, is out at once' },
  },
  {
    promise: 'No customer becomes an admin by themselves, and no admin takes the role from themselves.',
    code: {
      file: 'api/user/routes/change-user.ts',
      text: 'changes.disabled ?? changes.admin',
      instead: 'changes.disabled',
    },
    test: { file: users, name: 'nobody does so of themselves' },
  },
  {
    promise: 'Nobody but an admin changes what another user may, nor anything else of them.',
    code: {
      file: 'api/user/routes/change-user.ts',
      text: '      requireSelfOrAdmin(caller, id);\n',
      instead: '',
    },
    test: { file: users, name: 'nobody does so of themselves' },
  },
  {
    promise: 'A role that is given or taken loses no other change of the user that comes at the same moment.',
    code: {
      file: 'services/user/user-store.ts',
      text: 'where: { id, version: before.version }',
      instead: 'where: { id }',
    },
    test: { file: users, name: 'one decides what the user may, and the other is told' },
  },
  {
    promise: 'An access token ends with the session that it is of, at every process that checks tokens.',
    code: {
      file: 'api/http/tokens/own-tokens.ts',
      text: '(await hasEnded(claims.data))',
      instead: '(await hasEnded({}))',
    },
    test: {
      file: 'tests/identity/outside-users.int.test.ts',
      name: 'is over at the gateway and at the own ports of all',
    },
  },
  {
    promise: 'A role that is taken, by SQL too, ends all sessions of the user.',
    code: {
      file: 'services/user/prisma/migrations/0003-ended-sessions.sql',
      text: ' OR NOT OLD.roles <@ NEW.roles)',
      instead: ')',
    },
    test: { file: users, name: 'an admin who was disabled, or is none any more, is out at once' },
  },
  {
    promise: 'Whoever is disabled loses all sessions.',
    code: {
      file: 'services/user/prisma/migrations/0003-ended-sessions.sql',
      text: '(NEW.disabled AND NOT OLD.disabled) OR ',
      instead: '',
    },
    test: { file: users, name: 'who was disabled can order again once an admin says so' },
  },
  {
    promise: 'A new password ends all sessions of the user.',
    code: {
      file: 'services/user/prisma/migrations/0003-ended-sessions.sql',
      text: 'OLD.password_hash IS DISTINCT FROM NEW.password_hash OR ',
      instead: '',
    },
    test: { file: users, name: 'a new password ends the sessions of the old one' },
  },
  {
    promise:
      'Whoever has a new password is told so by e-mail, whoever changed it: what says so is written in the same transaction.',
    code: {
      file: 'services/user/prisma/migrations/0009-outbox.sql',
      text: 'CREATE TRIGGER users_tell_of_password AFTER UPDATE OF password_hash ON users FOR EACH ROW',
      instead: 'CREATE TRIGGER users_tell_of_password AFTER UPDATE OF phone ON users FOR EACH ROW',
    },
    test: {
      file: 'services/user/outbox.int.test.ts',
      name: 'a new password is told of, once for each, whoever writes it',
    },
  },
  {
    promise: 'The owner of an account is told of each new password by e-mail.',
    code: {
      file: 'notifications/tell-customer.ts',
      text: '[...CUSTOMER_TOPICS, ...USER_TOPICS].find',
      instead: '[...CUSTOMER_TOPICS, ...USER_TOPICS.slice(1)].find',
    },
    test: { file: 'notifications/tell-customer.int.test.ts', name: 'of a new password its owner is told, once' },
  },
  {
    promise: "Another's objects, by their ids, are for their owner and for admins alone.",
    code: {
      file: 'api/http/access.ts',
      text: 'isAdmin(caller) || isUser(caller, ownerId);',
      instead: 'isAdmin(caller) || isUser(caller, ownerId) || ownerId > 0;',
    },
    test: { file: 'api/delivery/routes/get-deliveries.int.test.ts', name: "hides another user's" },
  },
  {
    promise: 'A path goes on as it came: no `..` leads past what the gateway passes on.',
    code: {
      file: 'api/gateway/forward/forward.ts',
      text: 'path: req.originalUrl,',
      instead: "path: new URL(req.originalUrl, 'http://a').pathname,",
    },
    test: { file: 'tests/identity/outside-users.int.test.ts', name: 'is told of on the own port alone' },
  },
  {
    promise: 'No path leads the gateway to another host.',
    code: {
      file: 'api/gateway/forward/forward.ts',
      text: '          origin,\n          method: req.method,',
      instead: '          origin: new URL(req.originalUrl, origin).origin,\n          method: req.method,',
    },
    test: { file: 'api/gateway/gateway.test.ts', name: 'an absolute or odd target never leads to another host' },
  },
  {
    promise: 'A session that was logged out, or whose refresh token came twice, is over for its access tokens.',
    code: {
      file: 'services/user/session-store.ts',
      text: '  await transaction.endedSession.createMany({ data: { id: familyId }, skipDuplicates: true });\n',
      instead: '',
    },
    test: { file: users, name: 'log-out ends the session, and again changes nothing' },
  },
  {
    promise: 'A user of an outside provider who was disabled is out as soon as any other.',
    code: {
      file: 'api/http/outside-users.ts',
      text: '!lost && now() < seen.askAgainAt',
      instead: 'now() < seen.askAgainAt',
    },
    test: { file: 'api/http/outside-users.test.ts', name: 'who may have lost something is asked for again at once' },
  },
  {
    promise: 'An event stream tells nothing any more once its token, or the session of it, has ended.',
    code: { file: 'api/order/event-streams.ts', text: ' || !(await caller.mayHear())', instead: '' },
    test: { file: EVENTS, name: 'at once when there is something to tell' },
  },
  {
    promise: 'An event stream that has nothing to tell ends soon after its token or its session.',
    code: { file: 'api/order/event-streams.ts', text: 'if (!may) end();', instead: 'if (!may) return;' },
    test: { file: EVENTS, name: 'at once when there is something to tell' },
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
      file: 'api/delivery/routes/report-delivery.ts',
      text: 'if (update.deliveryId !== deliveryId)',
      instead: 'if (update.deliveryId !== deliveryId && !carrier)',
    },
    test: {
      file: 'api/delivery/routes/report-delivery.int.test.ts',
      name: 'refuses what is signed of another delivery',
    },
  },
  {
    promise: 'What no payment provider of ours has signed is kept by nobody, and told to no order.',
    code: {
      file: 'services/payment/simulator/provider-events.ts',
      text: 'if (key === undefined)',
      instead: 'if (key === undefined && body.length === 0)',
    },
    test: { file: 'api/payment/routes/report-payment.int.test.ts', name: 'refuses a signature, and keeps nothing' },
  },
  {
    promise: 'In production nobody but a carrier says where a parcel is.',
    code: {
      file: 'api/delivery/routes/report-delivery.ts',
      text: 'if (!context.isSimulated)',
      instead: "if (!context.isSimulated && params.id === '')",
    },
    test: {
      file: 'api/delivery/routes/report-delivery.int.test.ts',
      name: 'is not there in production',
    },
  },
  {
    promise: "A carrier's key speaks for its own parcels alone.",
    code: {
      file: 'services/delivery/record-event.ts',
      text: 'where: { id: deliveryId, carrier, status:',
      instead: 'where: { id: deliveryId, status:',
    },
    test: {
      file: 'api/delivery/routes/report-delivery.int.test.ts',
      name: 'refuses what is signed of another delivery',
    },
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
  {
    promise: 'A password is tried for an account a few times a minute, however its e-mail address is written.',
    code: { file: 'api/user/service.ts', text: 'return normalizeEmail(email);', instead: 'return email;' },
    test: { file: RATES, name: 'log-ins of an account at an address' },
  },
  {
    promise: 'Whoever tries passwords of an account from many addresses is held too.',
    code: {
      file: 'api/user/service.ts',
      text: '10 * limits.logins, keyOf: accountOf',
      instead: '1000 * limits.logins, keyOf: accountOf',
    },
    test: { file: RATES, name: 'an account is tried ten times as often from everywhere' },
  },
  {
    promise: "Trying one's own password to get a new one counts as a log-in does.",
    code: {
      file: 'api/user/routes/change-user.ts',
      text: '{ before: whenPassword(rates.passwords) }',
      instead: '{ before: whenPassword([]) }',
    },
    test: { file: RATES, name: "one's own password is tried as at a log-in" },
  },
  {
    promise: 'Limits hold while Redis is away, at each instance.',
    code: {
      file: 'api/http/rate-limits.ts',
      text: 'shared.increment(key).catch(() => local.increment(key))',
      instead: 'shared.increment(key)',
    },
    test: { file: GATEWAY_RATES, name: 'without Redis each gateway counts for itself' },
  },
  {
    promise: 'Tokens that are tried at the gateway count for the address that they come from.',
    code: {
      file: 'api/gateway/service.ts',
      text: 'void requests(req, res, (over',
      instead:
        'void (refusal ? (_req: unknown, _res: unknown, go: (over?: unknown) => void) => go() : requests)(req, res, (over',
    },
    test: { file: GATEWAY_RATES, name: 'a token that is tried counts for the address' },
  },
  {
    promise: 'Paths that nobody knows, and the documents, count too.',
    code: { file: 'api/gateway/service.ts', text: 'router.use(limited.rest);', instead: '' },
    test: { file: GATEWAY_RATES, name: 'what is nowhere counts for the address' },
  },
  {
    promise: 'A body is read one way, UTF-8: whoever looks at it on the way reads the same.',
    code: { file: 'api/http/app.ts', text: "charset !== 'utf-8' || ", instead: "charset === '' || " },
    test: {
      file: 'api/http/app.test.ts',
      name: 'a body in UTF-16 is a 415: whoever looks on the way reads the same as we do',
    },
  },
  {
    promise: 'A body has no byte order mark.',
    code: {
      file: 'api/http/app.ts',
      text: ' || bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)',
      instead: ' || BYTE_ORDER_MARK.length === 0',
    },
    test: {
      file: 'api/http/app.test.ts',
      name: 'a body in a byte order mark is a 415: whoever looks on the way reads the same as we do',
    },
  },
  {
    promise: 'A body comes uncompressed.',
    code: { file: 'api/http/app.ts', text: 'inflate: false', instead: 'inflate: true' },
    test: {
      file: 'api/http/app.test.ts',
      name: 'a body in gzip is a 415: whoever looks on the way reads the same as we do',
    },
  },
  {
    promise: 'A session ends some time after its log-in, however often it is refreshed.',
    code: {
      file: 'services/user/session-store.ts',
      text: 'familyEnd(familyBeganAt, endsAfterMs) <= now',
      instead: 'familyEnd(familyBeganAt, endsAfterMs) <= new Date(0)',
    },
    test: { file: 'services/user/session-store.test.ts', name: 'no token outlives its family' },
  },
  {
    promise:
      'A refresh token that is used twice ends its session, however long ago it was spent: it is pruned with its session only.',
    code: {
      file: 'services/user/prunable.ts',
      text: 'where: `family_began_at < $1 AND',
      instead: 'where: `spent_at IS NOT NULL OR family_began_at < $1 AND',
    },
    test: { file: 'services/user/session-store.int.test.ts', name: 'of a session that goes on no token is pruned' },
  },
  {
    promise: 'Of two who change what they have both seen one does, and the other is told, however close they are.',
    code: {
      file: 'platform/database/versioned.ts',
      text: '{ version: { in: [...expected] } }',
      instead: '{ version: { notIn: expected.map(() => 0n) } }',
    },
    test: {
      file: 'api/product/product-api.int.test.ts',
      name: 'of two admins who saw the same one changes it, and the other is told',
    },
  },
  {
    promise: 'Whoever changes a row, by SQL too, counts for If-Match.',
    code: {
      file: 'services/product/prisma/migrations/0002-version.sql',
      text: 'NEW.version = OLD.version + 1;',
      instead: 'NEW.version = OLD.version;',
    },
    test: {
      file: 'api/product/product-api.int.test.ts',
      name: 'a change by SQL counts too, and without the header it is as ever',
    },
  },
  {
    promise: 'Nobody takes a password that everybody tries first.',
    code: {
      file: 'services/user/passwords.ts',
      text: 'COMMON_PASSWORDS.has(chosen)',
      instead: 'COMMON_PASSWORDS.has(`${chosen} `)',
    },
    test: { file: users, name: 'users sign-up with a wrong password is a 400 that names it, and makes nobody' },
  },
  {
    promise: 'A password is the same however a keyboard writes its characters.',
    code: { file: 'services/user/passwords.ts', text: "password.normalize('NFKC')", instead: 'password' },
    test: { file: PASSWORDS, name: 'a password is the same however its characters are written' },
  },
  {
    promise: 'Log-ins leave threads to the checks of tokens, however many come at once.',
    code: {
      file: 'services/user/passwords.ts',
      text: 'bulkhead(Math.max(1, Math.min(2, availableParallelism() - 1)), 30)',
      instead: 'bulkhead(30 * availableParallelism(), 30)',
    },
    test: { file: PASSWORDS, name: 'hashing leaves threads to others' },
  },
  {
    promise: 'Log-ins past a short queue are told to come back, and cost next to nothing.',
    code: {
      file: 'services/user/passwords.ts',
      text: 'availableParallelism() - 1)), 30)',
      instead: 'availableParallelism() - 1)), 30_000)',
    },
    test: { file: users, name: 'of many log-ins at once those past a short queue are told to come back' },
  },
  {
    promise: 'A refresh token that comes twice ends its session, but for the client that spent it a moment ago.',
    code: {
      file: 'services/user/session-store.ts',
      text: 'spentBy === client && ',
      instead: 'client !== spentAt?.toString() && ',
    },
    test: {
      file: 'services/user/session-store.int.test.ts',
      name: 'the client that has just spent a token gets another',
    },
  },
  {
    promise: 'Two refreshes at once by one client leave its session whole.',
    code: {
      file: 'services/user/session-store.ts',
      text: 'now.getTime() - spentAt.getTime() < GRACE_MS',
      instead: 'now.getTime() - spentAt.getTime() < 0 * GRACE_MS',
    },
    test: {
      file: users,
      name: 'ten refreshes with one token at once are fine for one client',
    },
  },
  {
    promise: 'An admin who is made, or is none any more, is written down, also while others change the user.',
    code: {
      file: 'api/user/audit-rights.ts',
      text: 'before.roles.length !== roles.length',
      instead: 'before.roles.length > roles.length',
    },
    test: { file: users, name: 'makes an admin and takes it back' },
  },
  {
    promise: 'Each failed log-in, of an account or of none, is written down: when, from where and why.',
    code: {
      file: 'api/user/routes/log-in.ts',
      text: "session === undefined ? 'authn_login_fail' : 'authn_login_success'",
      instead: "session === undefined ? 'authn_login_success' : 'authn_login_success'",
    },
    test: { file: users, name: 'is written down in a line each, without a word of theirs' },
  },
  {
    promise: 'Each call that is answered with 403 is written down, with who made it.',
    code: {
      file: 'api/http/problem-handler.ts',
      text: 'if (problem.status === 403)',
      instead: 'if (problem.status === 499)',
    },
    test: { file: users, name: 'is written down in a line each, without a word of theirs' },
  },
  {
    promise: 'What is audited is written down also where a LOG_LEVEL says that only errors are.',
    code: {
      file: 'platform/audit.ts',
      text: "logger.child({}, { level: 'info' })",
      instead: 'logger.child({})',
    },
    test: { file: users, name: 'is written down in a line each, without a word of theirs' },
  },
  {
    promise: 'Metrics are not shown where anybody comes in.',
    code: { file: 'api/gateway/service.ts', text: 'showMetrics: false', instead: 'showMetrics: true' },
    test: { file: 'api/gateway/gateway.test.ts', name: 'metrics are not shown where anybody comes in' },
  },
  {
    promise: 'Readiness names what is missing; why is for the log alone.',
    code: {
      file: 'platform/health.ts',
      text: 'missing: missing.map(({ name }) => ({ name }))',
      instead: 'missing',
    },
    test: { file: 'api/http/app.test.ts', name: 'tells alive from ready, and names what is missing' },
  },
  {
    promise: 'No page reads what the codec decrypts under a name of its own (DNS rebinding).',
    code: {
      file: 'api/codec/codec-routes.ts',
      text: 'if (!isHostAllowed(req.headers.host, hosts))',
      instead: 'if (!isHostAllowed(undefined, hosts))',
    },
    test: { file: 'api/codec/codec.int.test.ts', name: 'asked by the name evil.example:8089 it answers 403' },
  },
  {
    promise: 'No page reads Kafka under a name of its own (DNS rebinding).',
    code: {
      file: 'stack/kafka-ui/app.ts',
      text: 'if (!isHostAllowed(req.headers.host, []))',
      instead: 'if (!isHostAllowed(undefined, []))',
    },
    test: { file: 'stack/kafka-ui/kafka-ui.int.test.ts', name: 'asked by the name evil.example:9000 it answers 403' },
  },
  {
    promise: 'What an operator wrote when cancelling an order is for admins alone.',
    code: {
      file: 'api/order/order-for-caller.ts',
      text: "order.cancelReason === 'CUSTOMER_REQUEST' &&",
      instead: 'order.cancelReason !== undefined &&',
    },
    test: { file: 'api/order/read-and-cancel.int.test.ts', name: 'keeps what an operator wrote for admins' },
  },
  {
    promise: 'A request that comes drop by drop holds its connection for half a minute at most.',
    code: { file: 'platform/listen.ts', text: 'requestTimeout: requestLimitMs', instead: 'requestTimeout: 300_000' },
    test: {
      file: 'platform/listen.test.ts',
      name: 'drop by drop is cut off once the request has taken as long as one may',
    },
  },
  {
    promise: 'A caller whose token is not valid is told so (`invalid_token`), and otherwise than one who sent none.',
    code: { file: 'api/http/auth.ts', text: '/^Bearer +(.+)$/i', instead: '/^Bearer +(.+\\..+\\..+)$/i' },
    test: { file: 'api/http/auth.test.ts', name: 'refuses without a token, and with one that is expired' },
  },
];
