const NAME = 'hongyan:search';

/** Opens the search dialog from anywhere. */
export const openSearch = (): void => {
  dispatchEvent(new Event(NAME));
};

export function onOpenSearch(listener: () => void): () => void {
  addEventListener(NAME, listener);
  return () => removeEventListener(NAME, listener);
}
