/** Runs a test file: `node test/file.cjs FILE`. By tsx, as CommonJS: that saves the worker thread that hooks for ES modules need. */
const { resolve } = require('node:path');
const { withOwnCache } = require('../bin/tsx.cjs');

/** It has no types. */
const HOOK = 'tsx/cjs';

withOwnCache(() => require(String(HOOK)));
require(resolve(process.argv[2] ?? ''));
