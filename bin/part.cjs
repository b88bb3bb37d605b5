/**
 * Starts a part of the kit as a process of its own: `node bin/part.cjs MODULE FUNCTION [WORD…]` calls what a module
 * exports, with the words.
 */
const { load } = require('./load.cjs');

const [path = '', name = '', ...words] = process.argv.slice(2);

load(path.replaceAll(/\W/g, '-'), [path]).then((moduleAt) => moduleAt(path)[name](...words));
