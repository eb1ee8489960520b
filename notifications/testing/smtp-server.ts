import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** What the server answers to a command, or 'hang up'; undefined: as usual. The `greeting` may be to 'hang', too. */
export type Misbehaviour = (command: string) => string | undefined;

export interface TestSmtpServer {
  url: string;
  /** The messages that were taken. */
  taken: string[];
  misbehave: Misbehaviour;
  close(): Promise<void>;
}

/** A mail server that can be told to refuse or to hang up at any command; the end of a message counts as `.`. */
export async function startSmtpServer(port = 0): Promise<TestSmtpServer> {
  const sockets = new Set<Socket>();
  const server = createServer();
  const smtp: TestSmtpServer = {
    url: '',
    taken: [],
    misbehave: () => undefined,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    talk(socket, smtp);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  smtp.url = `smtp://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return smtp;
}

function talk(socket: Socket, smtp: TestSmtpServer): void {
  let buffer = '';
  let message: string[] | undefined;
  const answer = (command: string, usual: string): boolean => {
    const said = smtp.misbehave(command) ?? usual;
    if (said === 'hang up') socket.destroy();
    else socket.write(`${said}\r\n`);
    return said === usual;
  };
  const take = (line: string): void => {
    if (message === undefined) {
      const command = line.split(/[ :]/)[0]?.toUpperCase() ?? '';
      if (command === 'DATA') message = answer('DATA', '354 go on') ? [] : undefined;
      else answer(command, '250 fine');
    } else if (line === '.') {
      if (answer('.', '250 taken')) smtp.taken.push(message.join('\n'));
      message = undefined;
    } else message.push(line);
  };
  const greeting = smtp.misbehave('greeting') ?? '220 test';
  if (greeting !== 'hang') socket.write(`${greeting}\r\n`);
  socket.on('data', (chunk) => {
    buffer += String(chunk);
    const lines = buffer.split('\r\n');
    buffer = lines.pop() ?? '';
    lines.forEach(take);
  });
}
