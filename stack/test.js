// @ts-check
// An old Node must be able to read this file, to be told that it is too old.

var version = process.versions.node.split('.');
var isOld = Number(version[0]) * 1000 + Number(version[1]) < 20020;

import(isOld ? './prerequisites.js' : './commands/test.js')
  .then(function (module) {
    if (!isOld) return module.test();
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
