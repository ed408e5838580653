/** Types that a browser may show in place; everything else is saved. SVG and HTML could run as our origin. */
const SHOWN = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/bmp',
  'image/avif',
  'application/pdf',
  'text/plain',
  'audio/mpeg',
  'audio/ogg',
  'video/mp4',
  'video/webm',
]);

/** The media type that a download is answered with: a clean one that a client asked for, or octets. */
export function safeType(wanted: string): string {
  const type = wanted.trim().toLowerCase();
  if (!/^[a-z0-9!#$&^_.+-]{1,100}\/[a-z0-9!#$&^_.+-]{1,100}(;\s*charset=[a-z0-9_-]{1,40})?$/.test(type)) {
    return 'application/octet-stream';
  }
  return type === 'text/plain' ? 'text/plain; charset=utf-8' : type;
}

export function contentDisposition(name: string, type: string): string {
  const kind = SHOWN.has(type.split(';')[0] ?? '') ? 'inline' : 'attachment';
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_').slice(0, 200);
  const encoded = encodeURIComponent(name.toWellFormed().slice(0, 200)).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
