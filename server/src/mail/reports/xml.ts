/** An element of an XML document without attributes: what report formats consist of. */
export interface XmlNode {
  name: string;
  text: string;
  children: XmlNode[];
}

/** Elements of one document; real reports with thousands of sources stay below. */
const MAX_NODES = 400_000;
/** DMARC reports are six levels deep; without a bound nested tags would exhaust the stack of whoever walks them. */
const MAX_DEPTH = 16;
const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([A-Za-z_][\w:.-]{0,100})[^<>]*?(\/?)>|([^<]+)/y;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Reads a document; undefined when it is malformed, too large, or declares a type (entities could explode there). */
export function parseXml(text: string): XmlNode | undefined {
  const root: XmlNode = { name: '', text: '', children: [] };
  const open: XmlNode[] = [root];
  let nodes = 0;
  TOKEN.lastIndex = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    const top = open.at(-1);
    if (!match || !top) return undefined;
    const [, cdata, closing, name, selfClosing, plain] = match;
    if (plain !== undefined) top.text += decode(plain);
    else if (cdata !== undefined) top.text += cdata;
    else if (name === undefined) continue;
    else if (closing === '/') {
      if (top.name !== localName(name) || open.length < 2) return undefined;
      open.pop();
    } else {
      if (++nodes > MAX_NODES || open.length > MAX_DEPTH) return undefined;
      const node: XmlNode = { name: localName(name), text: '', children: [] };
      top.children.push(node);
      if (selfClosing !== '/') open.push(node);
    }
  }
  return open.length === 1 ? root.children[0] : undefined;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1).toLowerCase();
}

function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES.get(String(name)) ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

export function child(node: XmlNode | undefined, ...path: string[]): XmlNode | undefined {
  return path.reduce<XmlNode | undefined>((at, name) => at?.children.find((one) => one.name === name), node);
}

/** Trimmed text of a descendant, cut at `max`; empty when it is absent. */
export function textOf(node: XmlNode | undefined, max: number, ...path: string[]): string {
  return (child(node, ...path)?.text ?? '').trim().replace(/\0/g, '').slice(0, max);
}

export function escapeXml(text: string): string {
  return text
    .replace(/[^\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd]/g, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
