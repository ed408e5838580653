import type { MailSettings } from '@hongyan/contract';
import { type ARCResult, arc, type DMARCResult, dmarc, type SPFResult, spf } from 'mailauth';
import { type Address, addressOf } from '../protocol/mime/index.ts';
import type { CheckVerdict } from './basic.ts';
import type { ClientIdentity } from './client.ts';
import type { NodeResolve } from './dns-adapter.ts';
import { resultsField } from './results-header.ts';
import type { Signatures } from './signatures.ts';

export interface AuthenticationInput {
  /** Undefined when our relays do not tell who it was: then SPF is not judged. */
  client: ClientIdentity | undefined;
  /** Envelope sender, empty for bounces. */
  sender: string;
  from: readonly Address[];
  /** From fields in the header: more than one is a trick (RFC 5322 §3.6). */
  fromFields: number;
  signatures: Signatures | undefined;
}

export interface Authentication {
  verdict: CheckVerdict;
  /** Our Authentication-Results field. */
  field: string;
  authenticated: boolean;
  /** DMARC asks for quarantine, or for a refusal that the settings soften. */
  junk: boolean;
  /** For the aggregate report; undefined without a policy. */
  report: DmarcObservation | undefined;
}

/** One message as RFC 7489 §7.2 reports it. */
export interface DmarcObservation {
  domain: string;
  address: string;
  record: string;
  disposition: 'none' | 'quarantine' | 'reject';
  dkimAligned: boolean;
  spfAligned: boolean;
  headerFrom: string;
  envelopeFrom: string;
  dkim: { domain: string; selector: string; result: string }[];
  spf: { domain: string; result: string } | undefined;
  override: 'trusted_forwarder' | 'local_policy' | undefined;
}

/** SPF alone may ask many questions (RFC 7208 §4.6.4 allows to stop). */
const SPF_MS = 10_000;

/** SPF, DKIM, ARC and DMARC of one message. Trouble with names is a result (`temperror`), never a refusal. */
export async function authenticate(
  input: AuthenticationInput,
  rules: { settings: MailSettings['authentication']; hostname: string; resolve: NodeResolve },
): Promise<Authentication> {
  const { settings, hostname, resolve } = rules;
  const { client, signatures } = input;
  const [bySpf, byArc] = await Promise.all([
    client &&
      spf({
        ip: client.address,
        helo: client.helo,
        sender: input.sender,
        mta: hostname,
        resolver: resolve,
        maxElapsedTime: SPF_MS,
      }),
    sealed(signatures, resolve),
  ]);
  const byDmarc = await dmarc({
    headerFrom: input.from.filter((address) => address.host !== null).map(addressOf),
    fromFields: input.fromFields,
    spfDomains: bySpf?.status.result === 'pass' ? [bySpf.domain] : [],
    dkimDomains: (signatures?.dkim ?? []).flatMap((row) =>
      row.result === 'pass' ? [{ domain: row.domain }] : [],
    ),
    ...(byArc ? { arcResult: byArc } : {}),
    resolver: resolve,
  });
  const forwarded = byArc !== undefined && isTrustedForward(byArc, signatures, settings.trustedSealers);
  const judged = judge(byDmarc, forwarded, settings);
  return {
    ...judged,
    field: resultsField(hostname, [
      ...(signatures?.dkim ?? []).map((row) => row.info),
      ...(bySpf ? [bySpf.info] : []),
      ...(byArc?.info ? [byArc.info] : []),
      ...(byDmarc ? [byDmarc.info] : []),
    ]),
    authenticated: isAligned(byDmarc, bySpf, signatures, input.from),
    report: byDmarc && client ? observe(input, client, byDmarc, bySpf, forwarded, judged) : undefined,
  };
}

function sealed(signatures: Signatures | undefined, resolve: NodeResolve): Promise<ARCResult> | undefined {
  const data = signatures?.arc;
  if (!data || (!data.chain && !data.error)) return undefined;
  return arc({ ...data, chain: data.chain || [] }, { resolver: resolve });
}

function judge(
  result: DMARCResult | false,
  forwarded: boolean,
  settings: MailSettings['authentication'],
): { verdict: CheckVerdict; junk: boolean } {
  const failed = result && result.status.result === 'fail' && !forwarded;
  if (!failed || result.policy === 'none') return { verdict: { kind: 'pass' }, junk: false };
  if (result.policy !== 'reject' || !settings.dmarcReject) return { verdict: { kind: 'pass' }, junk: true };
  return {
    verdict: {
      kind: 'reject',
      code: 550,
      status: '5.7.1',
      text: `The domain ${result.domain} asks to refuse mail that it has not sent (DMARC)`,
    },
    junk: false,
  };
}

/** Every sealer of a valid chain is trusted, and the first one saw the message pass (RFC 8617 §7.2). */
function isTrustedForward(
  result: ARCResult,
  signatures: Signatures | undefined,
  trusted: readonly string[],
): boolean {
  if (result.status.result !== 'pass') return false;
  const names = new Set(trusted.map((domain) => domain.toLowerCase()));
  const chain = signatures?.arc?.chain;
  if (!chain || chain.length === 0) return false;
  const sealers = chain.map((set) => String(set['arc-seal']?.parsed?.d?.value ?? '').toLowerCase());
  const first = chain[0]?.['arc-authentication-results']?.original?.toString() ?? '';
  return sealers.every((domain) => names.has(domain)) && /\bdmarc\s*=\s*pass\b/i.test(first);
}

/** With a DMARC record its alignment counts; without one, the From domain itself must have passed. */
function isAligned(
  result: DMARCResult | false,
  bySpf: SPFResult | undefined,
  signatures: Signatures | undefined,
  from: readonly Address[],
): boolean {
  if (result && result.status.result === 'pass') return true;
  if (result && result.status.result === 'fail') return false;
  const domains = new Set(from.flatMap((address) => (address.host ? [address.host.toLowerCase()] : [])));
  const [domain] = domains;
  if (domains.size !== 1 || domain === undefined) return false;
  const related = (other: string | undefined) =>
    other !== undefined && (other.toLowerCase() === domain || domain.endsWith(`.${other.toLowerCase()}`));
  if (bySpf?.status.result === 'pass' && related(bySpf.domain)) return true;
  return (signatures?.dkim ?? []).some((row) => row.result === 'pass' && related(row.domain));
}

function observe(
  input: AuthenticationInput,
  client: ClientIdentity,
  result: DMARCResult,
  bySpf: SPFResult | undefined,
  forwarded: boolean,
  judged: { verdict: CheckVerdict; junk: boolean },
): DmarcObservation | undefined {
  if (result.rr === undefined || result.status.result === 'temperror') return undefined;
  const failed = result.status.result === 'fail';
  const disposition = judged.verdict.kind === 'reject' ? 'reject' : judged.junk ? 'quarantine' : 'none';
  const softened = failed && disposition !== result.policy;
  return {
    domain: result.policyDomain ?? result.domain,
    address: client.address,
    record: result.rr,
    disposition,
    dkimAligned: result.alignment.dkim.result !== undefined,
    spfAligned: result.alignment.spf.result !== undefined,
    headerFrom: result.status.header?.from ?? '',
    envelopeFrom: input.sender.split('@').at(-1) ?? '',
    dkim: (input.signatures?.dkim ?? []).map(({ domain, selector, result: said }) => ({
      domain,
      selector,
      result: said,
    })),
    spf: bySpf && { domain: bySpf.domain, result: bySpf.status.result },
    override: softened ? (forwarded ? 'trusted_forwarder' : 'local_policy') : undefined,
  };
}
