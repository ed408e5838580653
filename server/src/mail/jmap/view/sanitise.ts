import sanitizeHtml from 'sanitize-html';
import { cleanBlock, cleanDeclarations } from './css.ts';

/** How pictures of a mail are reached. */
export interface Pictures {
  /** URL of the part with this Content-ID; undefined when the mail has none. */
  inline(contentId: string): string | undefined;
  /** URL of our proxy for a remote picture; undefined leaves it out. */
  remote: ((url: string) => string) | undefined;
}

export interface SafeHtml {
  /** A fragment for inside <body>. */
  body: string;
  /** Rules of the mail's own <style> elements, cleaned. */
  css: string;
  /** Some remote picture was left out. */
  blockedRemote: boolean;
}

/** Longer HTML is cut: parsing it would hold up everybody else. */
const MAX_HTML = 1_048_576;

const TAGS = (
  'a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt ' +
  'em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q s samp section small ' +
  'span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr'
).split(' ');
const ATTRIBUTES = 'style class dir lang title align valign width height bgcolor'.split(' ');

/**
 * HTML of a stranger as HTML that can be shown: only known elements and attributes, no scripts, forms, frames or
 * outside resources, links that open elsewhere and tell nobody where they were clicked.
 */
export function sanitise(html: string, pictures: Pictures): SafeHtml {
  const source = html.slice(0, MAX_HTML);
  let blockedRemote = false;
  const url = (text: string): string | undefined => {
    const found = pictureUrl(text, pictures);
    if (found === 'blocked') blockedRemote = true;
    return found === 'blocked' ? undefined : found;
  };
  const css = [...source.matchAll(/<style\b[^>]*>([\s\S]*?)<\/style\s*>/gi)]
    .map((match) => cleanBlock(match[1] ?? '', url))
    .join('\n');
  const body = sanitizeHtml(source, {
    allowedTags: TAGS,
    allowedAttributes: {
      '*': ATTRIBUTES,
      a: ['href', 'name', 'target', 'rel'],
      img: ['src', 'alt', 'border', 'hspace', 'vspace'],
      font: ['color', 'face', 'size'],
      table: ['border', 'cellpadding', 'cellspacing', 'rules', 'frame'],
      td: ['colspan', 'rowspan', 'nowrap'],
      th: ['colspan', 'rowspan', 'nowrap', 'scope'],
      col: ['span'],
      colgroup: ['span'],
      ol: ['start', 'type'],
      ul: ['type'],
      li: ['value', 'type'],
      hr: ['size', 'color', 'noshade'],
      time: ['datetime'],
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    // Our own picture paths have no scheme; strangers' ones have been dropped before this is asked.
    allowedSchemesByTag: { img: ['data', 'http', 'https'] },
    allowProtocolRelative: false,
    nestingLimit: 200,
    parseStyleAttributes: false,
    nonTextTags: [
      'script',
      'style',
      'textarea',
      'option',
      'noscript',
      'template',
      'title',
      'svg',
      'math',
      'object',
      'embed',
      'iframe',
    ],
    transformTags: {
      '*': (tagName, attributes) => {
        const kept = new Map(Object.entries(attributes));
        const style = kept.get('style');
        if (style !== undefined) kept.set('style', cleanDeclarations(style, url));
        const background = kept.get('background');
        if (background !== undefined) {
          const found = url(background);
          if (found !== undefined)
            kept.set('style', `${kept.get('style') ?? ''};background-image:url("${found}")`);
        }
        if (tagName === 'img') {
          const src = url(kept.get('src') ?? '');
          kept.delete('src');
          if (src !== undefined) kept.set('src', src);
        }
        if (tagName === 'a') {
          kept.set('target', '_blank');
          kept.set('rel', 'noopener noreferrer');
        }
        return { tagName, attribs: Object.fromEntries(kept) };
      },
    },
  });
  return { body, css, blockedRemote };
}

/** Where a picture of the mail may be loaded from: its own parts, our proxy, or a small picture in the text itself. */
function pictureUrl(text: string, pictures: Pictures): string | 'blocked' | undefined {
  const url = text.trim();
  if (/^cid:/i.test(url)) return pictures.inline(decode(url.slice(4)));
  if (/^data:image\/(png|jpeg|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]*$/i.test(url)) return url;
  const remote = url.startsWith('//') ? `https:${url}` : url;
  if (!/^https?:\/\//i.test(remote) || !URL.canParse(remote)) return undefined;
  return pictures.remote ? pictures.remote(new URL(remote).href) : 'blocked';
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
