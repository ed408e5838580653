/** What the API document, the backups and the mail headers say that we are. */
export const VERSION = '0.1.0';
