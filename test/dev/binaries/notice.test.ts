import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { THIRD_PARTY_PROGRAMS } from '../../../src/dev/binaries/programs.js';

const notice = await readFile(new URL('../../../NOTICE', import.meta.url), 'utf8');

test.each(THIRD_PARTY_PROGRAMS)(
  'NOTICE names $executable with version, checksums, source and licence [S-04]',
  ({ pathVariable, wheel, upstream }) => {
    const section = notice.split('\n\n').find((text) => text.includes(`wheel       ${wheel.project} `)) ?? '';
    expect(section).toContain(`source      ${upstream.url}\n`);
    expect(section).toContain(`licence     ${upstream.licence}\n`);
    expect(section).toContain(`variable    ${pathVariable}\n`);
    expect(section).toContain(`${wheel.project} ${wheel.version}, ${wheel.url}\n`);
    const listed = [...section.matchAll(/(\w+-\w+) +([0-9a-f]{64})/g)].map(([, platform, sha256]) => [
      platform,
      sha256,
    ]);
    expect(Object.fromEntries(listed)).toEqual(wheel.sha256);
  },
);
