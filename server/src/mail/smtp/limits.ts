/** What a stranger may do. Beside each what happens without it. */
export const LIMITS = {
  /** RFC 5321 §4.5.3.1.4 asks for 512, extensions add to it, AUTH may take 12,288. Longer lines would fill memory. */
  line: 4_096,
  authLine: 12_288,
  /** Silence after which a session ends (§4.5.3.2.7); idle sessions hold memory and a descriptor. */
  commandMs: 300_000,
  dataMs: 180_000,
  /** A client that does not sign in or send anything useful is cut even if it keeps talking. */
  sessionMs: 3_600_000,
  tlsMs: 30_000,
  /** RFC 5321 §4.5.3.1.8 promises at least 100; each costs a look-up. */
  recipients: 1_000,
  /** Wrong commands and refused recipients: dictionary attacks end here. */
  errors: 20,
  /** Failed sign-ins of one connection. */
  signIns: 3,
  /** Messages of one connection; the peer reconnects. */
  messages: 1_000,
  /** Octets of a header block that we rewrite on submission: it is held in memory. */
  header: 512 * 1024,
  connections: 2_000,
  /** Connections of one address, loopback apart: one host cannot take all. */
  connectionsPerAddress: 50,
} as const;
