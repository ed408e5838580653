/** Gives a URL that may be loaded for one that a mail names, or undefined to leave it out. */
type MapUrl = (url: string) => string | undefined;

const MAX_CSS = 200_000;
/** Old browsers' ways to run code or fetch things; escapes hide both. */
const DANGEROUS =
  /\\|expression\s*\(|javascript:|vbscript:|-moz-binding|behaviou?r\s*:|@import|<|image-set\s*\(|paint\s*\(/i;
const URL_CALL = /url\s*\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)/gi;

/** The declarations of a style attribute, without those that could load or run anything. */
export function cleanDeclarations(css: string, mapUrl: MapUrl): string {
  const kept: string[] = [];
  for (const declaration of split(withoutComments(css.slice(0, MAX_CSS)))) {
    const clean = cleanValue(declaration.trim(), mapUrl);
    if (clean !== undefined && /^[a-z-]+\s*:/i.test(clean) && !/^position\s*:\s*(fixed|sticky)/i.test(clean))
      kept.push(clean);
  }
  return kept.join(';');
}

/** The rules of a style element, cleaned in the same way; rules that load other sheets or fonts go. */
export function cleanBlock(css: string, mapUrl: MapUrl): string {
  const source = withoutComments(css.slice(0, MAX_CSS))
    .replace(/<!--|-->/g, '')
    .replace(/@(import|charset|namespace)[^;{}]*;?/gi, '')
    .replace(/@font-face\s*\{[^}]*\}/gi, '');
  // Markup inside a sheet is an attempt to leave it.
  if (source.includes('<')) return '';
  // Innermost braces hold declarations; what stands outside are selectors and conditions.
  const cleaned = source.replace(
    /\{([^{}]*)\}/g,
    (_whole, body: string) => `{${cleanDeclarations(body, mapUrl)}}`,
  );
  return cleaned.replaceAll('\\', '');
}

function cleanValue(declaration: string, mapUrl: MapUrl): string | undefined {
  if (declaration === '' || DANGEROUS.test(declaration)) return undefined;
  let dropped = false;
  const mapped = declaration.replace(URL_CALL, (_whole, a?: string, b?: string, c?: string) => {
    const url = mapUrl((a ?? b ?? c ?? '').trim());
    if (url === undefined) dropped = true;
    return url === undefined ? 'none' : `url("${url.replace(/["\\\n\r]/g, '')}")`;
  });
  if (dropped) return undefined;
  return /url\s*\(/i.test(mapped.replace(/url\("[^"]*"\)/g, '')) ? undefined : mapped;
}

function withoutComments(css: string): string {
  return css.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ' ');
}

/** Splits at semicolons that stand outside quotes and brackets (data: URLs hold some). */
function split(css: string): string[] {
  return css.match(/(?:[^;"'(]|"[^"]*"|'[^']*'|\((?:[^()"']|"[^"]*"|'[^']*')*\)|["'(])+/g) ?? [];
}
