const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['ensp', ' '],
  ['emsp', ' '],
  ['copy', '©'],
  ['reg', '®'],
  ['hellip', '…'],
  ['mdash', '—'],
  ['ndash', '–'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['middot', '·'],
  ['yen', '¥'],
  ['times', '×'],
  ['zwnj', ''],
]);
/** Their content is never seen. */
const HIDDEN = new Set(['script', 'style', 'head', 'title', 'template', 'noscript']);
/** They part words; other tags stand inside words (`<b>北</b>京` is one word). */
const BLOCKS = new Set(
  'p div br hr tr td th li ul ol table blockquote pre h1 h2 h3 h4 h5 h6 section article header footer'.split(
    ' ',
  ),
);

/** The text that a reader of an HTML mail sees, for preview and search. One pass, linear, never throws. */
export function htmlToText(html: string): string {
  let out = '';
  let at = 0;
  // Elements that never close again: looking for their end each time would be quadratic.
  const unclosed = new Set<string>();
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) {
      out += html.slice(at);
      break;
    }
    out += html.slice(at, open);
    if (html.startsWith('<!--', open)) {
      const end = html.indexOf('-->', open + 4);
      at = end < 0 ? html.length : end + 3;
      continue;
    }
    const name = tagName(html, open);
    if (name === undefined) {
      out += '<';
      at = open + 1;
      continue;
    }
    const close = html.indexOf('>', open);
    at = close < 0 ? html.length : close + 1;
    if (HIDDEN.has(name) && !unclosed.has(name)) {
      const end = hiddenEnd(html, at, name);
      if (end === undefined) unclosed.add(name);
      else at = end;
    }
    if (BLOCKS.has(name.replace('/', ''))) out += '\n';
  }
  return decodeEntities(out);
}

/** Tag name in lower case, `/name` for an end tag; undefined when `<` is just a character. */
function tagName(html: string, open: number): string | undefined {
  const match = /^<([/!?]?[a-z][a-z0-9]{0,20})/i.exec(html.slice(open, open + 24));
  return match?.[1]?.toLowerCase() ?? (html[open + 1] === '!' || html[open + 1] === '?' ? '!' : undefined);
}

function hiddenEnd(html: string, from: number, name: string): number | undefined {
  // Case matters little: mailers write both forms all upper or all lower.
  for (const form of [`</${name}`, `</${name.toUpperCase()}`]) {
    const end = html.indexOf(form, from);
    if (end < 0) continue;
    const close = html.indexOf('>', end);
    return close < 0 ? html.length : close + 1;
  }
  return undefined;
}

function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,8});?/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES.get(name.toLowerCase()) ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
      ? String.fromCodePoint(code)
      : '';
  });
}
