import ts from 'typescript';

const CLAUSE = /^- \*\*([A-Z]-\d{2})\*\* \S/gm;
const MARK = /\[((?:[A-Z]-\d{2})(?:, [A-Z]-\d{2})*)\]/g;
const SUITES = ['test', 'it', 'describe'];
/** What is marked so proves nothing. */
const NOT_RUN = ['skip', 'todo', 'fails'];

/**
 * The ids of the clauses on a page, in its order.
 *
 * @param {string} page
 * @returns {string[]}
 */
export function clausesIn(page) {
  return [...page.matchAll(CLAUSE)].map((match) => match[1] ?? '');
}

/**
 * The ids that titles of tests carry; what stands in a comment or in another text proves nothing.
 *
 * @param {string} source
 * @returns {string[]}
 */
export function idsInTitles(source) {
  // Parsing takes longer than looking.
  if (source.search(MARK) === -1) return [];
  const file = ts.createSourceFile('test.ts', source, ts.ScriptTarget.Latest);
  /** @type {string[]} */
  const ids = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isCallExpression(node) && isSuite(node.expression)) {
      const title = node.arguments[0]?.getText(file) ?? '';
      for (const [, marked = ''] of title.matchAll(MARK)) ids.push(...marked.split(', '));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return ids;
}

/**
 * Whether it is `test`, `test.each(…)`, `describe.runIf(…)` and the like.
 *
 * @param {ts.Expression} callee
 * @returns {boolean}
 */
function isSuite(callee) {
  if (ts.isCallExpression(callee) || ts.isTaggedTemplateExpression(callee)) {
    return isSuite(ts.isCallExpression(callee) ? callee.expression : callee.tag);
  }
  if (ts.isPropertyAccessExpression(callee)) return !NOT_RUN.includes(callee.name.text) && isSuite(callee.expression);
  return ts.isIdentifier(callee) && SUITES.includes(callee.text);
}

/**
 * What is wrong, each in a line: a clause without a test that is not on the list of old ones, and a list that says more
 * than is true.
 *
 * @param {object} given
 * @param {readonly string[]} given.clauses
 * @param {readonly string[]} given.proven ids in titles of tests
 * @param {readonly string[]} given.listed clauses that had no test before
 * @returns {string[]}
 */
export function clauseProblems({ clauses, proven, listed }) {
  const untested = clauses.filter((id) => !proven.includes(id));
  const twice = clauses.filter((id, place) => clauses.indexOf(id) !== place);
  return [
    ...untested.filter((id) => !listed.includes(id)).map((id) => `${id} has no test: no title carries [${id}]`),
    ...listed.filter((id) => proven.includes(id)).map((id) => `${id} has a test by now: take it off the list`),
    ...listed.filter((id) => !clauses.includes(id)).map((id) => `${id} is on the list, but is no clause`),
    ...[...new Set(proven)]
      .filter((id) => !clauses.includes(id))
      .map((id) => `a test carries [${id}], which is no clause`),
    ...twice.map((id) => `${id} stands there twice`),
  ];
}
