import type { Guard } from './guard.js';

/** An attack that somebody tried, what holds against it, and a part of the full name of each test that tries it again. */
interface Attack {
  attack: string;
  held: string;
  tests: Guard['test'][];
}

const USERS = 'api/user/user-api.int.test.ts';
const RATES = 'api/user/rate-limits.int.test.ts';
const GATEWAY = 'api/gateway/gateway.test.ts';
const APP = 'api/http/app.test.ts';
const AUTH = 'api/http/auth.test.ts';
const ORDERS = 'api/order/read-and-cancel.int.test.ts';
const IDENTITY = 'tests/identity/outside-users.int.test.ts';
const SHOP = 'tests/e2e/shop.e2e.test.ts';
const PROVIDER = 'api/payment/routes/report-payment.int.test.ts';
const NEWS = 'workers/payment-news.int.test.ts';
const CARRIER = 'api/delivery/routes/report-delivery.int.test.ts';

export const ATTACKS: Attack[] = [
  {
    attack: 'A page of another site sends what a visitor’s cookie allows, or logs the visitor in as somebody else',
    held: 'the cookie is `SameSite=Strict`, alone it is not enough, and the browser’s word on where it comes from is asked',
    tests: [
      { file: USERS, name: 'a page of another site gets nothing by the cookie, nor logs anybody in' },
      {
        file: USERS,
        name: 'pages that refresh at once all go on; a cookie that somebody else has sent ends the session',
      },
    ],
  },
  {
    attack: 'A neighbouring domain or port puts a session’s cookie of its own beside the visitor’s, or in its place',
    held: 'of two none is believed; the pages end what they show when the session turns out to be another user’s',
    tests: [
      { file: USERS, name: 'of two cookies none is believed, whichever comes first' },
      { file: SHOP, name: 'a cookie of somebody else in place of the own logs nobody in' },
    ],
  },
  {
    attack: 'A customer becomes an admin, or the last admin is none any more',
    held: 'another admin says who is one, never oneself; who has lost the role is out at once',
    tests: [{ file: USERS, name: 'an admin makes another one, and none of them; nobody does so of themselves' }],
  },
  {
    attack: 'A disabled admin goes on, or enables itself again, by a token from before',
    held: 'all sessions end with the right, everywhere and for open streams; nobody changes their own `disabled`',
    tests: [
      { file: USERS, name: 'an admin who was disabled, or is none any more, is out at once' },
      { file: IDENTITY, name: 'is over at the gateway and at the own ports of all' },
    ],
  },
  {
    attack: 'The limit of log-ins is passed by another charset, encoding or byte order mark, or while Redis is away',
    held: 'counted where the body is understood, by each instance if need be; bodies are plain UTF-8',
    tests: [
      { file: RATES, name: 'log-ins of an account at an address, however it is written' },
      { file: RATES, name: 'without Redis each instance counts for itself' },
      { file: APP, name: 'whoever looks on the way reads the same as we do' },
    ],
  },
  {
    attack: "A carrier's signature is sent again for another parcel, or by another carrier's key",
    held: 'what is signed names the delivery, and a key speaks for its own parcels',
    tests: [{ file: CARRIER, name: 'refuses what is signed of another delivery, and the key of another carrier' }],
  },
  {
    attack: 'Somebody says in the name of the payment provider that an order is paid',
    held: 'its bytes are signed, with the time; and nothing of what it says is believed: the provider is asked',
    tests: [
      { file: PROVIDER, name: 'refuses a signature, and keeps nothing' },
      { file: NEWS, name: 'are told to the Saga once, without a word of what they are' },
    ],
  },
  {
    attack: 'A stolen access token becomes the account',
    held: "a new password of one's own needs the one before, which is tried as at a log-in",
    tests: [
      { file: USERS, name: 'a stolen access token is not yet the account' },
      { file: RATES, name: "one's own password is tried as at a log-in" },
    ],
  },
  {
    attack: 'Many log-ins at once stop the checks of tokens',
    held: 'two passwords are hashed at a time, a few wait, the others are told to come back',
    tests: [
      { file: USERS, name: 'of many log-ins at once those past a short queue are told to come back' },
      { file: 'services/user/passwords.test.ts', name: 'hashing leaves threads to others' },
    ],
  },
  {
    attack: 'Baggage of a caller is kept as ours, drives a terminal, or switches tracing off',
    held: 'nothing from outside but a trace id is continued; our tools print control characters as escapes',
    tests: [
      { file: 'platform/telemetry/trace-context.test.ts', name: 'takes nothing from outside' },
      { file: 'tests/e2e/trace.e2e.test.ts', name: 'also where its caller says that it shall not be traced' },
      { file: 'stack/commands/logs.test.ts', name: 'shows what would drive the terminal as an escape' },
    ],
  },
  {
    attack: 'Forged tokens: another type, algorithm, key, issuer, audience or age, a `sub` that is none, no signature',
    held: '`at+jwt`, ES256, a quarter of an hour, a `sub` in range; else 401',
    tests: [
      { file: AUTH, name: 'refuses without a token, and with one that is expired, forged' },
      { file: AUTH, name: 'refuses a token without a signature' },
    ],
  },
  {
    attack:
      "What is for operators is asked for from outside: metrics, reasons, notes, other names of the codec and of Kafka's page",
    held: 'metrics have a port of their own, reasons are in the log, notes of admins are for admins, pages answer by their own names',
    tests: [
      { file: GATEWAY, name: 'metrics are not shown where anybody comes in' },
      { file: APP, name: 'tells alive from ready, and names what is missing' },
      { file: ORDERS, name: 'keeps what an operator wrote for admins' },
      { file: 'api/codec/codec.int.test.ts', name: 'asked by the name evil.example:8089 it answers 403' },
      { file: 'stack/kafka-ui/kafka-ui.int.test.ts', name: 'asked by the name evil.example:9000 it answers 403' },
    ],
  },
  {
    attack: 'Requests that come drop by drop, and streams that outlive their token',
    held: 'a request takes 30 s to come at most; a stream ends with its token',
    tests: [
      {
        file: 'platform/listen.test.ts',
        name: 'drop by drop is cut off once the request has taken as long as one may',
      },
      { file: AUTH, name: 'a token is still good for a stream only while its holder may hear it' },
    ],
  },
  {
    attack: 'Request smuggling',
    held: 'a request whose length can be read in two ways is refused, and its connection closed',
    tests: [{ file: GATEWAY, name: 'no request in the body of another (smuggling)' }],
  },
  {
    attack: 'Path tricks: `..`, encoded or not, other hosts, other spellings',
    held: 'what the gateway does not pass on is not reached, and no other host is',
    tests: [
      { file: IDENTITY, name: 'is told of on the own port alone, whatever the path' },
      { file: GATEWAY, name: 'an absolute or odd target never leads to another host' },
    ],
  },
  {
    attack: "Others' objects, by their ids",
    held: '404 as where there is none; 403 for users, whether there are or not',
    tests: [
      { file: ORDERS, name: 'an order is for its owner and for admins; for others it is not there' },
      { file: USERS, name: 'another gets 403, whether the user exists or not' },
      { file: 'api/delivery/routes/get-deliveries.int.test.ts', name: "hides another user's" },
    ],
  },
  {
    attack: 'Injection of SQL',
    held: 'what callers say is a parameter, and never a part of a statement',
    tests: [{ file: 'api/product/product-api.int.test.ts', name: 'takes what reads like SQL for text' }],
  },
  {
    attack: 'Bombs: bodies that are large, compressed, or nested without end',
    held: '100 kB, not compressed; parsed and validated without recursion that could end the process',
    tests: [
      { file: GATEWAY, name: 'are refused in the middle when the length was not told' },
      { file: APP, name: 'a body that is nested as deep as it can be is refused like any other' },
      { file: APP, name: 'whoever looks on the way reads the same as we do' },
    ],
  },
  {
    attack: 'Scripts in names (XSS)',
    held: 'HTML of mails and of the page for Kafka is escaped; pages load nothing from elsewhere',
    tests: [
      { file: 'notifications/templates/templates.test.ts', name: 'names in HTML are escaped' },
      { file: 'stack/kafka-ui/kafka-ui.int.test.ts', name: 'can be anything: markup, bytes, nothing, too much' },
      { file: GATEWAY, name: 'is there with all that it loads, and loads nothing from elsewhere' },
    ],
  },
  {
    attack: 'Line breaks in header fields, names and keys (header injection, paragraphs in mails)',
    held: 'human text is one line without control characters; keys are printable ASCII',
    tests: [
      { file: USERS, name: 'is a 400 that names it, and makes nobody' },
      { file: 'api/order/idempotency.int.test.ts', name: 'says so when it is not printable ASCII' },
    ],
  },
  {
    attack: 'Who has an account, by the answer of a log-in or its time',
    held: 'one answer, and as long',
    tests: [
      { file: USERS, name: 'a wrong password and an unknown address get the same answer' },
      { file: USERS, name: 'nor does the time of the answer tell which addresses have an account' },
    ],
  },
  {
    attack: 'A stolen refresh token',
    held: 'it works once; a second use ends its session, but for the client that has just spent it',
    tests: [
      { file: USERS, name: 'the spent token, used again, ends its whole family and no other' },
      {
        file: 'services/user/session-store.int.test.ts',
        name: 'the client that has just spent a token gets another for it',
      },
    ],
  },
  {
    attack: 'What nobody thought of',
    held: 'requests made of the document are answered as it says: no 5xx, no access without a token',
    tests: [
      { file: 'tests/fuzz/fuzz.e2e.test.ts', name: 'nothing that can be made of the document is answered otherwise' },
      { file: 'tests/e2e/every-route.e2e.test.ts', name: '%s needs one' },
    ],
  },
];
