import { mkdirSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../../stack/support/run-command.js';
import { BRIDGE, NODE_IP, SERVICE_NETWORK } from './addresses.js';

/**
 * The bridge that pods hang on. Service addresses lead there until they are programmed: without that route a connection to one made too early
 * would leave by whatever way leads out, and something might answer it. Nothing leads out of this namespace, which is checked.
 */
export async function bringUpNetwork(): Promise<void> {
  const outside = Object.keys(networkInterfaces()).filter((name) => name !== 'lo');
  if (outside.length > 0) throw new Error(`this is no network of our own: it has ${outside.join(', ')}`);
  const ip = (...args: string[]) => runCommand('ip', args);
  await ip('link', 'set', 'lo', 'up');
  await ip('link', 'add', BRIDGE, 'type', 'bridge');
  await ip('addr', 'add', `${NODE_IP}/24`, 'dev', BRIDGE);
  await ip('link', 'set', BRIDGE, 'up');
  await ip('route', 'add', SERVICE_NETWORK, 'dev', BRIDGE);
  // Some of these ask for a default route. This one ends at the bridge.
  await ip('route', 'add', 'default', 'dev', BRIDGE);
  for (const [name, value] of Object.entries({ 'net/ipv4/ip_forward': '1', 'net/bridge/bridge-nf-call-iptables': '1' }))
    writeFileSync(path.join('/proc/sys', name), value);
}

/** How containerd gives a pod its place on the bridge. */
export function writeNetworkPlugin(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const ipam = {
    type: 'host-local',
    dataDir: '/run/cni',
    ranges: [[{ subnet: '10.244.0.0/24', rangeStart: '10.244.0.10' }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  const bridge = { type: 'bridge', bridge: BRIDGE, isGateway: true, ipMasq: false, hairpinMode: true, ipam };
  const plugins = [bridge, { type: 'portmap', capabilities: { portMappings: true } }];
  writeFileSync(path.join(folder, '10-pods.conflist'), JSON.stringify({ cniVersion: '0.4.0', name: 'pods', plugins }));
}
