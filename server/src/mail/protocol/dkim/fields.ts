/** Fields of a header block in octets as Latin letters, each without its CRLF at the end; lines that are none go. */
export function splitFields(block: string): string[] {
  return block.split(/\r\n(?![ \t])/).filter((field) => /^[!-9;-~]+[ \t]*:/.test(field));
}

export function fieldName(field: string): string {
  return field.slice(0, field.indexOf(':')).trimEnd().toLowerCase();
}
