// node other_pythons.mjs PACKAGE WORK together|alone: see other_pythons.py
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, work, mode] = process.argv.slice(2);
const module = path.join(folder, 'node_modules', 'pyodide', 'pyodide.mjs');
const { loadPyodide } = await import(pathToFileURL(module).href);

async function started() {
  const python = await loadPyodide({
    stdout: () => undefined,
    stderr: () => undefined
  });
  python.FS.mkdirTree('/work');
  python.FS.mount(python.FS.filesystems.NODEFS, { root: work }, '/work');
  python.runPython(
    "import sys; sys.path.insert(0, '/work'); import other_pythons_inside as inside"
  );
  return python;
}

try {
  await judged();
} catch (error) {
  console.error(String(error.message ?? error));
  process.exit(1);
}
process.exit(0);

async function judged() {
  if (mode === 'together') {
    const python = await started();
    python.runPython('inside.judge_all()');
  } else {
    const programs = JSON.parse(
      fs.readFileSync(path.join(work, 'programs.json'), 'utf8')
    );
    for (const [number, program] of programs.entries()) {
      (await started()).runPython(`inside.whole(${number})`);
      for (const stage of program.scripts.keys()) {
        (await started()).runPython(`inside.stage(${number}, ${stage})`);
      }
      (await started()).runPython(`inside.verdict(${number})`);
    }
  }
}
