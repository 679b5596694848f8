/** One simple command, as a shell would hand it over; variables stay as they are written. */
export type Words = readonly string[];

/** The commands of a shell block: the lines after `$ ` where there are prompts, otherwise all lines. */
export function commandsIn(text: string): Words[] {
  const lines = text.replaceAll(/\\\n\s*/g, ' ').split('\n');
  const prompts = lines.filter((line) => line.startsWith('$ '));
  const typed = prompts.length > 0 ? prompts.map((line) => line.slice(2)) : lines;
  return joinOpenQuotes(typed).flatMap((line) => simpleCommands(line));
}

/** A quoted JSON document may go over several lines. */
function joinOpenQuotes(lines: readonly string[]): string[] {
  const joined: string[] = [];
  let open = '';
  for (const line of lines) {
    const text = open === '' ? line : `${open}\n${line}`;
    const quotes = withoutComment(text).match(/'/g)?.length ?? 0;
    if (quotes % 2 === 1) open = text;
    else {
      joined.push(text);
      open = '';
    }
  }
  return open === '' ? joined : [...joined, open];
}

function withoutComment(line: string): string {
  return line.replace(/(^|\s)#\s.*$/, '');
}

const ENDS = [';', '&&', '||', '|', '&'];

function simpleCommands(line: string): Words[] {
  const commands: string[][] = [[]];
  for (const word of wordsOf(line)) {
    if (ENDS.includes(word)) commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands.map(withoutSettings).filter((words) => words.length > 0);
}

/** `NAME=value` before the command, and redirections, are not the command's words. */
function withoutSettings(words: readonly string[]): string[] {
  const first = words.findIndex((word) => !/^[A-Z_][A-Z0-9_]*=/.test(word));
  const rest = first === -1 ? [] : words.slice(first);
  return rest.filter((word, index) => !/^\d?>/.test(word) && !/^\d?>$/.test(rest[index - 1] ?? ''));
}

function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (quote !== null) {
      if (char === quote) quote = null;
      else word = (word ?? '') + char;
      continue;
    }
    if (char === "'" || char === '"') {
      quote = char;
      word ??= '';
    } else if (char === '#' && word === null) break;
    else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (/[;|&]/.test(char) && !/^\d?>/.test(word ?? '')) {
      if (word !== null) words.push(word);
      word = null;
      const twice = line.charAt(at + 1) === char && char !== ';';
      words.push(twice ? char + char : char);
      if (twice) at += 1;
    } else word = (word ?? '') + char;
  }
  if (word !== null) words.push(word);
  return words;
}
