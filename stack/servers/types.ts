// @ts-check

/**
 * @typedef {object} ServerContext
 * @property {string} dir what this set of servers keeps lies below it
 * @property {string} cache fetched and built servers, shared by clones
 * @property {Record<string, number>} ports by the name of their setting
 * @property {Record<string, string>} secrets generated once for this set
 * @property {boolean} durable whether data must survive a crash of the machine; tests do without
 * @property {NodeJS.ProcessEnv} environment
 * @property {AbortSignal} signal
 * @property {(text: string) => void} detail shows what is being done
 *
 * @typedef {{ from: string, folder?: string, program?: string }} Obtained where it was taken from, and where it lies
 *
 * @typedef {object} Server
 * @property {string} name
 * @property {string[]} settings what it gives to those who use it; when the first one stands in the environment, it is used and nothing is started
 * @property {string[]} ports the settings of the ports it binds
 * @property {('java' | 'maven' | 'go')[]} [needs] programs this machine must have to fetch or run it; maven and go only when it isn't cached
 * @property {string} [keeps] what is in its data folder, in words
 * @property {(cache: string, environment: NodeJS.ProcessEnv) => boolean} [isHere] whether there is nothing to fetch
 * @property {(context: ServerContext) => Promise<Obtained>} obtain
 * @property {(context: ServerContext, got: Obtained) => Promise<import('../support/managed-process.js').ProcessSpec>} [prepare]
 *   makes its data folder and configuration; must be right when run again, and after a kill at any moment. Without it, it is a tool
 * @property {(context: ServerContext, got: Obtained) => Record<string, string>} describe the values of `settings`
 * @property {(env: Record<string, string>) => Promise<boolean>} [answers] asks the server at the addresses of `settings`, of which a given one may have only the first; a rejection says what is wrong
 */

export {};
