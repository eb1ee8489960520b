import { ourProcesses } from '../../stack/app/processes.js';
import { defaultPorts } from '../../stack/support/ports.js';
import { portSettings, stackSettings } from '../../stack/servers/all.js';
import { settingsOfProcesses } from './processes.js';
import { settingsOf, type Setting } from './settings.js';
import { code, table } from './table.js';

/** The tables of docs/configuration.md, by the names of their places. */
export function configurationTables(): Record<string, string> {
  const settings = settingsOf(settingsOfProcesses);
  const isRequired = ({ requiredBy }: Setting) => requiredBy.length > 0;
  return {
    processes: table(
      ['process', 'entry, compiled', 'port', 'database'],
      ourProcesses.map(({ name, entry, port, database }) => [
        name,
        code(`dist/${entry}`),
        `${defaultPorts[port]}`,
        database ?? '',
      ]),
    ),
    required: table(
      ['setting', 'meaning', 'read by'],
      settings.filter(isRequired).map((setting) => [code(setting.name), setting.meaning, readers(setting)]),
    ),
    optional: table(
      ['setting', 'default', 'meaning', 'read by'],
      settings
        .filter((setting) => !isRequired(setting))
        .map((setting) => [
          code(setting.name),
          setting.byDefault === undefined ? '' : code(setting.byDefault),
          setting.meaning,
          readers(setting),
        ]),
    ),
    ports: table(
      ['setting', 'default', 'whose'],
      portSettings().map(({ setting, port, of }) => [code(setting), `${port}`, of]),
    ),
    stack: table(
      ['setting', 'meaning'],
      Object.entries(stackSettings()).map(([name, meaning]) => [code(name), meaning]),
    ),
  };
}

function readers({ readBy }: Setting): string {
  const others = Object.keys(settingsOfProcesses).filter((name) => !readBy.includes(name));
  if (others.length === 0) return 'all';
  return others.length < readBy.length ? `all but ${others.join(', ')}` : readBy.join(', ');
}
