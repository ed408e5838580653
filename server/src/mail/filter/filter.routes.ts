import {
  Closed,
  Done,
  ForwardingRight,
  MailRulesChange,
  MailRulesView,
  NumericId,
  SieveCheck,
  SieveScriptChange,
  SieveScriptContent,
  SieveScriptCreate,
  SieveScriptInfo,
  SieveScriptList,
  SieveVerdict,
} from '@hongyan/contract';
import { type Routes, requireActor } from '../../kit/http/index.ts';
import type { FilterSettings } from './settings.service.ts';

const Account = Closed({ id: NumericId });
const Script = Closed({ id: NumericId, script: NumericId });
const done = { ok: true } as const;

export function filterRoutes(http: Routes, settings: FilterSettings): void {
  http.get(
    '/api/v1/mail/accounts/:id/rules',
    { schema: { params: Account, response: { 200: MailRulesView } } },
    (request) => settings.rules(requireActor(request), request.params.id),
  );
  http.put(
    '/api/v1/mail/accounts/:id/rules',
    { schema: { params: Account, body: MailRulesChange, response: { 200: MailRulesView } } },
    (request) => settings.changeRules(requireActor(request), request.params.id, request.body),
  );
  http.get(
    '/api/v1/mail/accounts/:id/scripts',
    { schema: { params: Account, response: { 200: SieveScriptList } } },
    (request) => settings.listScripts(requireActor(request), request.params.id),
  );
  http.post(
    '/api/v1/mail/accounts/:id/scripts',
    { schema: { params: Account, body: SieveScriptCreate, response: { 200: SieveScriptInfo } } },
    (request) => settings.createScript(requireActor(request), request.params.id, request.body),
  );
  http.get(
    '/api/v1/mail/accounts/:id/scripts/:script',
    { schema: { params: Script, response: { 200: SieveScriptContent } } },
    (request) => settings.script(requireActor(request), request.params.id, request.params.script),
  );
  http.patch(
    '/api/v1/mail/accounts/:id/scripts/:script',
    { schema: { params: Script, body: SieveScriptChange, response: { 200: SieveScriptInfo } } },
    (request) =>
      settings.changeScript(requireActor(request), request.params.id, request.params.script, request.body),
  );
  http.delete(
    '/api/v1/mail/accounts/:id/scripts/:script',
    { schema: { params: Script, response: { 200: Done } } },
    async (request) => {
      await settings.removeScript(requireActor(request), request.params.id, request.params.script);
      return done;
    },
  );
  http.post(
    '/api/v1/mail/script-check',
    { schema: { body: SieveCheck, response: { 200: SieveVerdict } } },
    async (request) => settings.check(requireActor(request), request.body.content),
  );
  http.get(
    '/api/v1/accounts/:id/forwarding',
    { schema: { params: Account, response: { 200: ForwardingRight } } },
    (request) => settings.forwardingRight(requireActor(request), request.params.id),
  );
  http.put(
    '/api/v1/accounts/:id/forwarding',
    { schema: { params: Account, body: ForwardingRight, response: { 200: Done } } },
    async (request) => {
      await settings.setForwardingRight(requireActor(request), request.params.id, request.body);
      return done;
    },
  );
}
