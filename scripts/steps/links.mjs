import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const LINK = /(?<!\\)\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|\b(?:href|src|srcset)="([^"]+)"|^\[[^\]]+\]:\s*(\S+)/gm;
/** A path in backticks that begins with a folder of the repository. */
const PATH = /`((?:src|test|docs|bench|scripts|deploy)\/[^`\s]*)`/g;
const PLACEHOLDER = /\*|\/[A-Z]+(?:\/|$)/;
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;

/**
 * The links of a Markdown file that lead nowhere, each as `file:line: what is wrong`. Links to other sites are not
 * looked at.
 *
 * @param {string} file
 * @param {string} root names are given from here
 * @returns {string[]}
 */
export function brokenLinks(file, root) {
  const text = withoutCode(readFileSync(file, 'utf8'));
  return [...text.matchAll(LINK)].flatMap((match) => {
    const link = match[1] ?? match[2] ?? match[3] ?? '';
    if (ELSEWHERE.test(link)) return [];
    const trouble = troubleWith(link, file);
    const line = text.slice(0, match.index).split('\n').length;
    return trouble === null ? [] : [`${relative(root, file)}:${line}: ${link}: ${trouble}`];
  });
}

/**
 * The paths that a Markdown file names in backticks, from the root, and that are not there, each as `file:line: what is
 * wrong`. A part in capitals stands for any name, `{a,b}` for both.
 *
 * @param {string} file
 * @param {string} root
 * @returns {string[]}
 */
export function missingPaths(file, root) {
  const text = withoutCode(readFileSync(file, 'utf8'), false);
  return [...text.matchAll(PATH)].flatMap(({ 1: named = '', index }) => {
    if (PLACEHOLDER.test(named)) return [];
    const line = text.slice(0, index).split('\n').length;
    return eachOf(named)
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${relative(root, file)}:${line}: ${path}: there is no such file`);
  });
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function eachOf(path) {
  const [whole = '', names] = /\{([^}]*)\}/.exec(path) ?? [];
  return names === undefined ? [path] : names.split(',').map((name) => path.replace(whole, name));
}

/**
 * @param {string} link
 * @param {string} file in which it stands
 * @returns {string | null}
 */
function troubleWith(link, file) {
  const [path = '', anchor] = decodeURIComponent(link).split('#');
  const target = path === '' ? file : resolve(dirname(file), path);
  if (!existsSync(target)) return 'there is no such file';
  if (anchor === undefined) return null;
  const page = statSync(target).isDirectory() ? join(target, 'README.md') : target;
  if (!page.endsWith('.md') || !existsSync(page)) return null;
  return anchorsOf(readFileSync(page, 'utf8')).has(anchor)
    ? null
    : `${relative(dirname(file), page)} has no such heading`;
}

/**
 * The anchors that GitHub gives to a page's headings, and those that it names itself.
 *
 * @param {string} text
 * @returns {Set<string>}
 */
function anchorsOf(text) {
  const anchors = new Set([...text.matchAll(/\b(?:id|name)="([^"]+)"/g)].map((match) => match[1] ?? ''));
  /** @type {Map<string, number>} */
  const seen = new Map();
  for (const [, heading = ''] of withoutCode(text, false).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = slugOf(heading);
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return anchors;
}

/** @param {string} heading */
function slugOf(heading) {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Mark}\p{Number}\p{Connector_Punctuation} -]/gu, '')
    .replaceAll(' ', '-');
}

/**
 * Code with the same number of lines but nothing in it: what looks like a link there is none.
 *
 * @param {string} text
 * @param {boolean} [inline] also code within a line
 */
function withoutCode(text, inline = true) {
  const blocks = text.replace(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\2[^\n]*$/gm, (code) => code.replace(/[^\n]/g, ''));
  return inline ? blocks.replace(/`[^`\n]+`/g, '') : blocks;
}
