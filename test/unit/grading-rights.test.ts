/** Who may grade: ordinary users, and root with all capabilities. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lackOfRights } from '../../src/checks/rights.ts';

const status = (effective: string) => `Name:\tnode\nCapEff:\t${effective}\nCapBnd:\t000001ffffffffff\n`;

test('root that lacks some may not', () => {
  assert.is(lackOfRights(0, status('000001ffffffffff')), undefined);
  assert.is(lackOfRights(1000, status('0000000000000000')), undefined);
  assert.match(lackOfRights(0, status('00000000a80425fb')) ?? '', 'CAP_SYS_PTRACE and CAP_SYS_ADMIN');
  assert.match(lackOfRights(0, status('000001fffff7ffff')) ?? '', 'lacks CAP_SYS_PTRACE,');
});

test.run();
