/** What stands where a secret was. */
const BLANK = '***';

/** Shorter ones would blank half of every text, and are no secrets. */
const SHORTEST = 4;

/** Blanks secrets in whatever is kept or shown, however they are written: as they are, encoded for a URL, in base64, in JSON. */
export function createBlanker(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(formsOf))]
    .filter((form) => form.length >= SHORTEST)
    .sort((one, other) => other.length - one.length);
  return (text) =>
    withoutCutSecret(
      forms.reduce((kept, form) => kept.replaceAll(form, BLANK), text),
      forms,
    );
}

/** A limit may have cut a text in the middle of a secret. */
function withoutCutSecret(text: string, forms: readonly string[]): string {
  for (const form of forms)
    for (let length = Math.min(form.length, text.length); length >= SHORTEST; length -= 1)
      if (text.endsWith(form.slice(0, length))) return `${text.slice(0, -length)}${BLANK}`;
  return text;
}

function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line !== '');
  const base64 = Buffer.from(secret).toString('base64');
  return [
    secret,
    ...(lines.length > 1 ? lines.filter((line) => line.length >= 2 * SHORTEST) : []),
    encodeURIComponent(secret),
    base64,
    base64.replace(/=+$/, ''),
    JSON.stringify(secret).slice(1, -1),
  ];
}
