import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout } from '../../stack/support/paths.js';
import { isNewEnough } from './compose.js';
import { readDockerfile } from './image.js';
import { withWhatTheyAreOn } from './images.js';
import { describeLack } from './missing.js';
import { removals } from './network-rules.js';
import { digestOf, recipeOf } from './stand-in.js';
import { standIns } from './stand-ins/all.js';
import { debian, node } from './stand-ins/base.js';

describe('finding Compose', () => {
  it.each(['2.24.5', 'v2.0.0', '5.6.1\n', '2.20.2-desktop.1'])('takes %j', (said) =>
    expect(isNewEnough(said)).toBe(true),
  );
  it.each(['1.29.2', '', 'docker: unknown command'])('does not take %j', (said) =>
    expect(isNewEnough(said)).toBe(false),
  );
});

describe('what a machine lacks', () => {
  it('is said with the way to get it there', () => {
    expect(describeLack('engine', 'linux')).toContain('apt-get install docker.io');
    expect(describeLack('engine', 'darwin')).toContain('brew install');
  });
});

describe('the digest of a stand-in', () => {
  it('changes with its name, its pins and what it is built on', () => {
    const digests = [
      node,
      { ...node, image: 'node:other' },
      { ...node, pins: ['other'] },
      { ...node, on: { ...debian, pins: ['other'] } },
    ].map(digestOf);
    expect(new Set(digests).size).toBe(digests.length);
    expect(digestOf({ ...node })).toBe(digests[0]);
  });
});

describe('the order of building', () => {
  it('puts each after what it is built on, once', () => {
    expect(withWhatTheyAreOn([node, debian]).map(({ image }) => image)).toEqual([debian.image, node.image]);
  });
});

describe('reading a Dockerfile', () => {
  it('tells images of others from its own stages', () => {
    const text =
      'FROM a:1 AS build\nRUN x\nFROM --platform=linux/amd64 b:2 as deps\nFROM build\nCOPY --from=deps . .\n';
    expect(readDockerfile(text)).toEqual({ bases: ['a:1', 'b:2'], stages: ['build', 'deps'] });
  });
});

describe("removing an engine's rules", () => {
  it('takes those of Docker alone, and what is in use last', () => {
    const rules = [
      '-P FORWARD DROP',
      '-N DOCKER',
      '-N DOCKER-USER',
      '-N KUBE-FORWARD',
      '-A FORWARD -j KUBE-FORWARD',
      '-A FORWARD -j DOCKER-USER',
      '-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER',
      '-A DOCKER-USER -j RETURN',
    ].join('\n');
    expect(removals(rules).map((args) => args.join(' '))).toEqual([
      '--delete FORWARD -j DOCKER-USER',
      '--delete OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER',
      '--flush DOCKER',
      '--flush DOCKER-USER',
      '--delete-chain DOCKER',
      '--delete-chain DOCKER-USER',
    ]);
  });
});

describe('what the product is run with', () => {
  const read = (file: string) => fs.readFileSync(path.join(checkout, file), 'utf8');
  const standsIn = standIns.map(({ image }) => image);

  it('has a stand-in for each image of docker-compose.yml, but for those in no registry of packages', () => {
    const named = [...read('docker-compose.yml').matchAll(/^ +image: ([^\s$]+)$/gm)].map(([, image = '']) => image);
    const without = [...new Set(named)].filter((image) => !standsIn.includes(image));
    expect(without.map((image) => image.split(':')[0])).toEqual(['grafana/grafana', 'obsidiandynamics/kafdrop']);
  });

  it('is built on what has a stand-in', () => {
    expect(readDockerfile(read('Dockerfile')).bases).toEqual([node.image]);
  });

  it('keeps a recipe to the image that it is built on', () => {
    for (const standIn of standIns.filter(({ make }) => !make)) {
      const { bases } = readDockerfile(fs.readFileSync(path.join(recipeOf(standIn), 'Dockerfile'), 'utf8'));
      expect(bases, standIn.image).toEqual([standIn.on?.image]);
    }
  });
});
