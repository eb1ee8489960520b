// @ts-check
// `node stack/run.js COMMAND`, as the scripts of package.json say: a file of commands/.
// An old Node must be able to read this file, to be told that it is too old.

var version = process.versions.node.split('.');
var isOld = Number(version[0]) * 1000 + Number(version[1]) < 20020;
var command = process.argv.splice(2, 1)[0];

import(isOld ? './prerequisites.js' : './load.js')
  .then(function (module) {
    if (!isOld)
      return module.load(command).then(function (/** @type {{ run(): unknown }} */ loaded) {
        return loaded.run();
      });
    console.error(module.describeMissing(module.findMissing(module.allNeeds, module.thisMachine), process.platform));
    process.exitCode = 1;
  })
  .catch(function (error) {
    console.error(
      isOld
        ? 'Holdfast needs Node.js 20.20 or newer; this is ' +
            process.versions.node +
            '. See https://nodejs.org/en/download'
        : error,
    );
    process.exitCode = 1;
  });
