import type { ClientServer } from '@hongyan/contract';
import { ofKind } from './servers.ts';
import { xml } from './xml.ts';

const OUTLOOK = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a';
const RESPONSE = 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006';
/** A request is a few hundred octets; more is not looked at. */
const MAX_REQUEST = 20_000;

/** The address that an Autodiscover request (POX) asks for; undefined when it names none. */
export function requestedAddress(request: string): string | undefined {
  const match = /<(?:\w+:)?EMailAddress>\s*([^<\s]{3,254})\s*</i.exec(request.slice(0, MAX_REQUEST));
  return match?.[1];
}

/** Outlook's answer (POX): IMAP, POP3 and SMTP with TLS. Without an address the client fills in the user name itself. */
export function autodiscoverAnswer(servers: readonly ClientServer[], address: string | undefined): string {
  const protocols = (['imap', 'pop3', 'smtp'] as const).flatMap((kind) => {
    const [best] = ofKind(servers, kind);
    if (!best) return [];
    return `      <Protocol>
        <Type>${kind.toUpperCase()}</Type>
        <Server>${xml(best.host)}</Server>
        <Port>${best.port}</Port>
        <DomainRequired>off</DomainRequired>${address === undefined ? '' : `\n        <LoginName>${xml(address)}</LoginName>`}
        <SPA>off</SPA>
        <SSL>on</SSL>
        <Encryption>${best.security === 'tls' ? 'SSL' : 'TLS'}</Encryption>
        <AuthRequired>on</AuthRequired>${kind === 'smtp' ? '\n        <UsePOPAuth>off</UsePOPAuth>\n        <SMTPLast>off</SMTPLast>' : ''}
      </Protocol>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="${RESPONSE}">
  <Response xmlns="${OUTLOOK}">
    <Account>
      <AccountType>email</AccountType>
      <Action>settings</Action>
${protocols.join('\n')}
    </Account>
  </Response>
</Autodiscover>
`;
}
