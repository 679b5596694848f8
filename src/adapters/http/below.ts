/** Whether an address stays on the server of `base`, at its path or below it, however it is read. */
export function isBelow(address: string, base: string): boolean {
  if (!URL.canParse(address) || !URL.canParse(base)) return false;
  const [asked, allowed] = [new URL(address), new URL(base)];
  const folder = allowed.pathname.replace(/\/+$/, '');
  return (
    asked.origin === allowed.origin &&
    (asked.pathname === folder || asked.pathname.startsWith(`${folder}/`)) &&
    !climbs(asked.pathname)
  );
}

/** More rounds than any server decodes a path in. */
const DECODED_AT_MOST = 5;

/** `..%2f` is one name to us, and a step up to a server that decodes before it looks. */
function climbs(pathname: string): boolean {
  let path = pathname;
  for (let round = 0; round < DECODED_AT_MOST; round += 1) {
    if (path.split(/[/\\]/).some((name) => name === '..' || name === '.')) return true;
    const decoded = decodedOnce(path);
    if (decoded === path) return false;
    path = decoded;
  }
  return true;
}

/** What cannot be decoded as a whole is looked at as it stands, but for what matters here. */
function decodedOnce(path: string): string {
  return path.replaceAll(/%(2e|2f|5c|25)/gi, (code) => decodeURIComponent(code));
}
