import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultPorts, describeBusyPorts, readPorts, freePorts, listeningInodes } from './ports.js';

describe('readPorts', () => {
  it('takes the ports of the contract, each moved by its variable', () => {
    expect(readPorts({})).toEqual(defaultPorts);
    expect(readPorts({ GATEWAY_PORT: '18080', KAFKA_PORT: '' })).toEqual({ ...defaultPorts, GATEWAY_PORT: 18080 });
  });

  it('has no port twice', () => {
    expect(new Set(Object.values(defaultPorts)).size).toBe(Object.keys(defaultPorts).length);
  });

  it('names every variable that is no port', () => {
    expect(() => readPorts({ GATEWAY_PORT: '80a', REDIS_PORT: '70000' })).toThrow(
      /GATEWAY_PORT=80a.*\n.*REDIS_PORT=70000/,
    );
  });

  it('names the variables that share a port', () => {
    expect(() => readPorts({ GATEWAY_PORT: '6379' })).toThrow('GATEWAY_PORT and REDIS_PORT are all 6379');
  });
});

describe('describeBusyPorts', () => {
  const servers: net.Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  const hold = (port: number, host: string) =>
    new Promise((resolve) => {
      servers.push(net.createServer().listen(port, host, () => resolve(undefined)));
    });

  it('names the port, who holds it and the variable, all at once', async () => {
    const [here = 0, everywhere = 0, free = 0] = await freePorts(3);
    await hold(here, '127.0.0.1');
    await hold(everywhere, '0.0.0.0');
    const lines = await describeBusyPorts({ REDIS_PORT: here, KAFKA_PORT: everywhere, ZIPKIN_PORT: free });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(new RegExp(`port ${here} is held by process ${process.pid} \\(.+\\).* REDIS_PORT=`));
    expect(lines[1]).toMatch(new RegExp(`port ${everywhere} is held by process ${process.pid}.* KAFKA_PORT=`));
  });

  it('says so when the holder can not be seen', async () => {
    const [port = 0] = await freePorts(1);
    await hold(port, '127.0.0.1');
    const [line] = await describeBusyPorts({ REDIS_PORT: port }, () => undefined);
    expect(line).toContain('belongs to another user');
  });
});

describe('listeningInodes', () => {
  it('takes the sockets that listen on the port, not those that talk from it', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0 100 0 0 10 0',
      '   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4343 1 0 20 4 30 10 -1',
      '   2: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4444 1 0 100 0 0 10 0',
    ].join('\n');
    expect(listeningInodes(table, 8080)).toEqual(['4242']);
  });
});
