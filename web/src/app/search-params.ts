/** What stands in the address bar comes from anywhere: only texts pass. */
export function textOrNothing(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

export function text(value: unknown): string {
  return textOrNothing(value) ?? '';
}
