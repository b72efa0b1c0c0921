import { execFileSync } from 'node:child_process';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');

describe('the messages', () => {
  it('are those of the schema; `jlpm schema` makes them anew', () => {
    execFileSync(process.execPath, ['tools/messages.mjs', '--check'], {
      cwd: ROOT
    });
  });
});
