export {
  type ChannelPorts,
  type Channels,
  createChannels,
  MESSAGES_CHANGED,
  type Notice,
} from './channels.service.ts';
export { createConsoleProvider, type SmsProvider } from './sms/provider.ts';
export type { TemplateName } from './templates.ts';
