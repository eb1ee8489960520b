import fs from 'node:fs';
import { runCommand } from '../../stack/support/run-command.js';

/** Where the certificates that this machine trusts stand in the images made here. */
export const bundleInImage = '/etc/ssl/certs/ca-certificates.crt';

/** A build inside a container reaches the same registries as this machine does only when it trusts what this machine trusts. */
export function trustedCertificates(environment = process.env): Buffer {
  const places = [environment.SSL_CERT_FILE, bundleInImage, '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];
  const place = places.find((file) => file && fs.existsSync(file));
  return place ? fs.readFileSync(place) : Buffer.alloc(0);
}

/** What npm must know inside a container to fetch from where this machine fetches. */
export async function npmSettings(env: NodeJS.ProcessEnv): Promise<string> {
  const registry = (await runCommand('npm', ['config', 'get', 'registry'], { env })).trim();
  return `registry=${registry}\ncafile=${bundleInImage}\nupdate-notifier=false\n`;
}

/** The proxies of this machine; the classic builder and BuildKit know these names and don't keep their values. */
export function proxyArguments(environment = process.env): string[] {
  const names = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]);
  return names.filter((name) => environment[name]).flatMap((name) => ['--build-arg', name]);
}
