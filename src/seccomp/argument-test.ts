/** Comparisons of an argument, which has 64 bits, by a machine that has 32: half by half. */
import { AT, type Line } from './bpf.ts';
import type { ArgumentTest } from './profile.ts';

const HALF = 0xffffffff;

interface Half {
  readonly at: number;
  readonly value: number;
  readonly mask: number;
}

/**
 * Lines that go on at `pass` or `fail`. The upper half decides, and the lower one
 * if the upper halves are equal.
 */
export function linesOfTest(test: ArgumentTest, pass: string, fail: string): Line[] {
  const [upper, lower] = halves(test);
  switch (test.op) {
    case 'SCMP_CMP_EQ':
      return equal([upper, lower], pass, fail);
    case 'SCMP_CMP_NE':
      return equal([upper, lower], fail, pass);
    case 'SCMP_CMP_MASKED_EQ':
      return equal(
        [upper, lower].filter(({ mask, value }) => mask !== 0 || value !== 0),
        pass,
        fail,
      );
    case 'SCMP_CMP_GT':
      return greater([upper, lower], '>', pass, fail);
    case 'SCMP_CMP_LE':
      return greater([upper, lower], '>', fail, pass);
    case 'SCMP_CMP_GE':
      return greater([upper, lower], '>=', pass, fail);
    case 'SCMP_CMP_LT':
      return greater([upper, lower], '>=', fail, pass);
  }
}

/** The upper half, and the lower one. Of a masked comparison, `value` is the mask. */
function halves({ index, op, value, valueTwo }: ArgumentTest): [Half, Half] {
  const place = AT.arguments + AT.argument * index;
  const [mask, sought] = op === 'SCMP_CMP_MASKED_EQ' ? [value, valueTwo] : [-1n, value];
  return [
    { at: place + AT.upper, mask: lowerHalf(mask >> 32n), value: lowerHalf(sought >> 32n) },
    { at: place, mask: lowerHalf(mask), value: lowerHalf(sought) },
  ];
}

function lowerHalf(word: bigint): number {
  return Number(BigInt.asUintN(32, word));
}

function equal(parts: readonly Half[], pass: string, fail: string): Line[] {
  if (parts.length === 0) return [{ go: pass }];
  return parts.flatMap(({ at, mask, value }, index): Line[] => [
    { load: at },
    ...(mask === HALF ? [] : [{ and: mask } as const]),
    { if: '==', value, no: fail, ...(index === parts.length - 1 && { yes: pass }) },
  ]);
}

function greater([upper, lower]: [Half, Half], sign: '>' | '>=', pass: string, fail: string): Line[] {
  return [
    { load: upper.at },
    { if: '>', value: upper.value, yes: pass },
    { if: '==', value: upper.value, no: fail },
    { load: lower.at },
    { if: sign, value: lower.value, yes: pass, no: fail },
  ];
}
