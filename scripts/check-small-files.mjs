// How many files of under 25 lines have a single importer: a room in pieces is read by jumping. Some are right as they
// are, because they are one idea; many are not.
//
//   npm run check -- small-files
import { join } from 'node:path';
import { ROOT } from './steps/root.mjs';
import { smallFilesWithOneImporter } from './steps/small-files.mjs';

const MOST = 29;

const [root = ROOT] = process.argv.slice(2);

const found = smallFilesWithOneImporter(join(root, 'src'));
if (found.length > MOST) {
  for (const { file, lines, importer } of found)
    process.stdout.write(`src/${file}: ${lines} lines, only for src/${importer}\n`);
  process.stdout.write('put one that belongs to its importer there\n');
}
process.stdout.write(`${found.length} small files with a single importer; at most ${MOST}\n`);
process.exitCode = found.length > MOST ? 1 : 0;
