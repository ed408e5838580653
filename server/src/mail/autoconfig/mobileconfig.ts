import { createHash } from 'node:crypto';
import type { ClientServer } from '@hongyan/contract';
import { ofKind } from './servers.ts';
import { xml } from './xml.ts';

/** A profile for iPhone, iPad and Mac: mail by IMAP, password asked for on the device. Undefined without IMAP or SMTP. */
export function mobileConfig(
  servers: readonly ClientServer[],
  who: { address: string; name: string; institution: string },
): string | undefined {
  const [imap] = ofKind(servers, 'imap');
  const [smtp] = ofKind(servers, 'smtp');
  if (!imap || !smtp) return undefined;
  // The same profile twice replaces itself on the device.
  const domain = who.address.split('@')[1] ?? '';
  const id = `${domain.split('.').reverse().join('.')}.mail.${who.address.split('@')[0]}`;
  const text = (key: string, value: string) => `<key>${key}</key><string>${xml(value)}</string>`;
  const number = (key: string, value: number) => `<key>${key}</key><integer>${value}</integer>`;
  const flag = (key: string, value: boolean) => `<key>${key}</key><${value}/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>PayloadContent</key>
  <array>
    <dict>
      ${text('EmailAccountDescription', `${who.institution} ${who.address}`)}
      ${text('EmailAccountName', who.name)}
      ${text('EmailAccountType', 'EmailTypeIMAP')}
      ${text('EmailAddress', who.address)}
      ${text('IncomingMailServerAuthentication', 'EmailAuthPassword')}
      ${text('IncomingMailServerHostName', imap.host)}
      ${number('IncomingMailServerPortNumber', imap.port)}
      ${flag('IncomingMailServerUseSSL', true)}
      ${text('IncomingMailServerUsername', who.address)}
      ${text('OutgoingMailServerAuthentication', 'EmailAuthPassword')}
      ${text('OutgoingMailServerHostName', smtp.host)}
      ${number('OutgoingMailServerPortNumber', smtp.port)}
      ${flag('OutgoingMailServerUseSSL', true)}
      ${text('OutgoingMailServerUsername', who.address)}
      ${flag('OutgoingPasswordSameAsIncomingPassword', true)}
      ${text('PayloadDisplayName', who.institution)}
      ${text('PayloadIdentifier', `${id}.account`)}
      ${text('PayloadType', 'com.apple.mail.managed')}
      ${text('PayloadUUID', uuid(`${who.address} account`))}
      ${number('PayloadVersion', 1)}
    </dict>
  </array>
  ${text('PayloadDisplayName', `${who.institution} ${who.address}`)}
  ${text('PayloadIdentifier', id)}
  ${text('PayloadOrganization', who.institution)}
  ${flag('PayloadRemovalDisallowed', false)}
  ${text('PayloadType', 'Configuration')}
  ${text('PayloadUUID', uuid(who.address))}
  ${number('PayloadVersion', 1)}
</dict>
</plist>
`;
}

function uuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`.toUpperCase();
}
