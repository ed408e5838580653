import { Counts } from '@hongyan/contract';
import type { Signals } from '../kit/events/index.ts';
import { openEventStream, type Routes, requireActor } from '../kit/http/index.ts';

/** Numbers beside the bell and the tabs; wire.ts knows where each comes from. */
export interface CountSources {
  todo(accountId: number): Promise<number>;
  messages(accountId: number): Promise<number>;
  mail(accountId: number): Promise<number>;
}

export interface CountTopics {
  /** Topics whose payload begins with the account id. */
  changed: string[];
  /** The person's sessions must look again. */
  revoked: string;
}

/** Several changes at once are one recount. */
const SETTLE_MS = 150;

export function countRoutes(
  http: Routes,
  sources: CountSources,
  signals: Signals,
  topics: CountTopics,
): void {
  const count = async (accountId: number) => ({
    todo: await sources.todo(accountId),
    messages: await sources.messages(accountId),
    mail: await sources.mail(accountId),
  });

  http.get('/api/v1/counts', { schema: { response: { 200: Counts } } }, (request) =>
    count(requireActor(request).accountId),
  );

  http.get('/api/v1/events', { schema: { hide: true } }, async (request, reply) => {
    const { accountId } = requireActor(request);
    const stream = openEventStream(request, reply);
    let timer: NodeJS.Timeout | undefined;
    const recount = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        count(accountId).then(
          (counts) => stream.send('counts', counts),
          () => undefined,
        );
      }, SETTLE_MS);
    };
    const mine = (payload: string | undefined) =>
      payload === undefined || payload.split(':')[0] === String(accountId);
    const stops = topics.changed.map((topic) =>
      signals.on(topic, (payload) => {
        if (mine(payload)) recount();
      }),
    );
    stops.push(
      signals.on(topics.revoked, (payload) => {
        if (payload !== String(accountId)) return;
        stream.send('session_ended', {});
        stream.close();
      }),
    );
    stream.onClose(() => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    });
    recount();
    return reply;
  });
}
