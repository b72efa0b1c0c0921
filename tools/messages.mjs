// Writes lab-src/api/messages.ts from the schema that the server validates with.
// With --check it writes nothing and fails when the file is out of date.

import { readFile, writeFile } from 'node:fs/promises';

import { compile } from 'json-schema-to-typescript';
import * as prettier from 'prettier';

const SCHEMA = new URL(
  '../jupyter_mlcode/server/schema/api.schema.json',
  import.meta.url
);
const TYPES = new URL('../lab-src/api/messages.ts', import.meta.url);
const BANNER = `/* eslint-disable */
// Made by \`jlpm schema\` from jupyter_mlcode/server/schema/api.schema.json: edit that.
`;

// What the compiler says about the schema as a whole; its definitions are what we want.
const ROOT =
  /export interface Root \{\}\n|(\/\*\*\n|( \*\n)) \* This interface was referenced by `Root`'s JSON-Schema\n \* via the `definition` "\w+"\.\n( \*\/\n)?/g;

async function typesOf(schema) {
  const source = await compile(
    { $defs: schema.$defs, type: 'object', additionalProperties: false },
    'Root',
    {
      bannerComment: BANNER,
      ignoreMinAndMaxItems: true,
      unreachableDefinitions: true
    }
  );
  const types = source.replace(ROOT, (_, _start, afterText) =>
    afterText === undefined ? '' : ' */\n'
  );
  const options = await prettier.resolveConfig(TYPES.pathname);
  return prettier.format(types, { ...options, parser: 'typescript' });
}

const types = await typesOf(JSON.parse(await readFile(SCHEMA, 'utf8')));
if (process.argv.includes('--check')) {
  const written = await readFile(TYPES, 'utf8').catch(() => '');
  if (written !== types) {
    process.stderr.write('lab-src/api/messages.ts is stale: jlpm schema\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(TYPES, types);
}
