import Type, { type Static } from 'typebox';

/** A port with how it is encrypted. */
const Server = Type.Object({
  kind: Type.Union([Type.Literal('imap'), Type.Literal('pop3'), Type.Literal('smtp'), Type.Literal('sieve')]),
  host: Type.String(),
  port: Type.Integer(),
  /** TLS from the first byte, or STARTTLS. */
  security: Type.Union([Type.Literal('tls'), Type.Literal('starttls')]),
});

/** What somebody types into a mail client: the best choice of each kind first. */
export const ClientServers = Type.Object({
  /** The user name is the whole address. */
  address: Type.String(),
  institution: Type.String(),
  servers: Type.Array(Server),
});
export type ClientServers = Static<typeof ClientServers>;
export type ClientServer = Static<typeof Server>;
