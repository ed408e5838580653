import Type, { type Static } from 'typebox';

export const DnsPurpose = Type.Union([
  Type.Literal('mx'),
  Type.Literal('host'),
  Type.Literal('web'),
  Type.Literal('spf'),
  Type.Literal('dkim'),
  Type.Literal('dmarc'),
  Type.Literal('mta-sts'),
  Type.Literal('tls-rpt'),
  Type.Literal('autoconfig'),
  Type.Literal('srv'),
]);
export type DnsPurpose = Static<typeof DnsPurpose>;

/** A record to set at the registrar. */
export const WantedRecord = Type.Object({
  purpose: DnsPurpose,
  type: Type.Union([
    Type.Literal('A'),
    Type.Literal('MX'),
    Type.Literal('CNAME'),
    Type.Literal('TXT'),
    Type.Literal('SRV'),
  ]),
  /** Whole name without the final dot. */
  name: Type.String(),
  /** As a registrar's form wants it; empty where only the institution knows it (its own address). */
  value: Type.String(),
  priority: Type.Optional(Type.Integer()),
  /** Without it no mail arrives, or ours is refused elsewhere. */
  required: Type.Boolean(),
});
export type WantedRecord = Static<typeof WantedRecord>;

export const RecordState = Type.Union([
  Type.Literal('ok'),
  Type.Literal('missing'),
  Type.Literal('wrong'),
  Type.Literal('weak'),
  Type.Literal('unknown'),
]);
export type RecordState = Static<typeof RecordState>;

export const DomainRecords = Type.Object({
  domain: Type.String(),
  host: Type.String(),
  records: Type.Array(WantedRecord),
  /** The same as a zone file. */
  zone: Type.String(),
});
export type DomainRecords = Static<typeof DomainRecords>;

/** One finding a record, in the same order. */
export const DomainCheck = Type.Object({
  findings: Type.Array(
    Type.Object({
      state: RecordState,
      /** What DNS says in its place. */
      found: Type.Array(Type.String()),
    }),
  ),
});
export type DomainCheck = Static<typeof DomainCheck>;
