/** The facilitator's guide: its links lead somewhere, its schedules add up. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPage } from '../../src/catalogue/lessons.ts';
import { checkDescriptors } from '../../src/lessons/check/descriptors.ts';
import { checkLinks } from '../../src/lessons/check/links.ts';
import { checkMachines } from '../../src/lessons/check/machines.ts';
import { checkTyping } from '../../src/lessons/check/typing.ts';
import { parseTranscript } from '../../src/lessons/console/transcript.ts';
import { findingText } from '../../src/lessons/finding.ts';
import { fences } from '../../src/markdown/fences.ts';
import { parse } from '../../src/markdown/parse.ts';
import { top } from '../support/lab.ts';

const test = suite('the guide');
const guide = readPage('workshop/README.md');

/** The steps that the guide teaches. */
const TAUGHT = [...guide.text.matchAll(/^### Step (\d+): /gm)].map(([, number]) => Number(number));

/** A row such as `| 09:10 | 25 | Step 0 | 10, 12, 3 | 0a |`. */
const ROW = /^\| (\d\d):(\d\d) \| (\d+) \| (.*?) \|(?: (\d+), (\d+), (\d+) \|)?/;

test('links lead to files and headings that there are', () => {
  assert.equal(checkLinks(guide, top).map(findingText), []);
  assert.equal(checkLinks(readPage('workshop/handout.md'), top).map(findingText), []);
});

test('people have the time to type it, on any machine', () => {
  assert.equal([...checkTyping(guide), ...checkMachines(guide), ...checkDescriptors(guide)].map(findingText), []);
});

test('each schedule adds up: a row begins where the one before it ends, and its parts are its minutes', () => {
  const schedules = guide.text
    .split('\n## ')
    .join('\n### ')
    .split('\n### ')
    .filter((section) => section.split('\n').some((line) => ROW.test(line)));
  assert.equal(
    schedules.map((section) => section.split('\n')[0]),
    ['Half a day, 4 hours', 'A full day, 8 hours'],
  );
  for (const section of schedules) {
    const rows = section.split('\n').flatMap((line) => {
      const match = ROW.exec(line);
      if (!match) return [];
      const [hour, minute, minutes, , ...parts] = match.slice(1);
      return [
        {
          line,
          start: Number(hour) * 60 + Number(minute),
          minutes: Number(minutes),
          parts: parts.filter(Boolean).map(Number),
        },
      ];
    });
    for (const [at, { line, start, minutes, parts }] of rows.entries()) {
      const next = rows[at + 1];
      if (next) assert.is(next.start, start + minutes, line);
      if (parts.length > 0)
        assert.is(
          parts.reduce((sum, part) => sum + part, 0),
          minutes,
          line,
        );
    }
    const hours = Number(/(\d+) hours/.exec(section)?.[1]);
    assert.is(
      rows.reduce((sum, { minutes }) => sum + minutes, 0),
      hours * 60,
    );
    for (const number of TAUGHT) assert.match(section, new RegExp(`Steps? .*\\b${number}\\b`));
  }
});

test('each step has its misconceptions, each with a transcript that can be typed', () => {
  assert.equal(TAUGHT, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  for (const number of TAUGHT) {
    const section = guide.text.split(`\n### Step ${number}: `)[1]?.split(/\n##/)[0] ?? '';
    const misconceptions = section.match(/^\*\*"/gm)?.length ?? 0;
    assert.ok(misconceptions >= 3, `step ${number}`);
    assert.is(section.match(/^```console/gm)?.length, misconceptions, `step ${number}`);
  }
  const transcripts = fences(parse(guide.text))
    .filter(({ language }) => language === 'console')
    .map(parseTranscript);
  assert.equal(
    transcripts.flatMap(({ problems }) => problems),
    [],
  );
});

test.run();
