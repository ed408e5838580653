/**
 * Dialogs and drawers of the component library measure scrollbars and hold the page still with style elements
 * of their own, made without the nonce that our policy asks for. Every style element made here gets it.
 */
export function giveStylesNonce(nonce: string): void {
  const create = document.createElement.bind(document);
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
}
