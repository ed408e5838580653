import type { FieldRights, FlowStep, Form, FormValues, ServiceCard, ServicePage } from '@hongyan/contract';
import { type Db, type Tx, transaction } from '../../kit/db/index.ts';
import { commonErrors } from '../../kit/errors/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import { digest } from '../../kit/text/index.ts';
import type { Definition } from '../../workflow/index.ts';
import { fieldsOf, visibleForm, WRITE_ALL } from '../forms/index.ts';
import { audiencesOf, type HallContext, localDay } from '../hall.context.ts';
import { namesIn } from '../names.ts';
import { presentForecast } from '../progress.ts';
import * as store from './catalogue.store.ts';

/** A service as designers and the sample write it; this is also the format of import and export. */
export interface ServiceDefinition {
  key: string;
  name: string;
  summary: string;
  icon: string;
  /** Path of the unit that offers it. */
  unit: string;
  theme: string;
  track: string;
  audience: string[];
  guide: string;
  conditions: string[];
  materials: string[];
  contacts: { name: string; phone: string; place: string }[];
  declaration: string;
  workingDays: number;
  link?: string;
  isSystem?: boolean;
  /** Title of a case; `{name}` is the service, `{field}` a value of the form. */
  title?: string;
  form?: Form;
  process?: Definition;
  /** Per node; `start` preset: everything may be written. */
  rights?: Record<string, FieldRights>;
}

export type Catalogue = ReturnType<typeof createCatalogue>;

export function createCatalogue(context: HallContext) {
  const { db, clock, directory, workflow } = context;

  async function load(actor: Actor, key: string): Promise<store.ServiceRow> {
    const row = await store.findService(db, actor.accountId, key);
    const audiences = await audiencesOf(directory, db, actor);
    // A service for others is as good as none: its page tells nothing.
    if (!row?.audience.some((audience) => audiences.includes(audience))) throw commonErrors.not_found();
    return row;
  }

  return {
    load,
    presets: presetsOf,

    async list(actor: Actor, search: string | undefined): Promise<ServiceCard[]> {
      const audiences = await audiencesOf(directory, db, actor);
      const rows = await store.findServices(db, {
        accountId: actor.accountId,
        audiences,
        search: search?.trim() || undefined,
        systems: false,
      });
      return rows.map(presentCard);
    },

    async systems(actor: Actor): Promise<store.ServiceRow[]> {
      const audiences = await audiencesOf(directory, db, actor);
      return store.findServices(db, {
        accountId: actor.accountId,
        audiences,
        search: undefined,
        systems: true,
      });
    },

    /** The page of a service; opening it counts as a visit. */
    async page(actor: Actor, key: string): Promise<ServicePage> {
      const row = await load(actor, key);
      await transaction(db, (tx) =>
        store.addVisit(tx, actor.accountId, key, clock.now(), localDay(clock.now())),
      );
      const version = row.version === null ? undefined : await store.findVersion(db, key, row.version);
      const draft = version && (await store.findDraft(db, actor.accountId, key));
      const rights = version?.rights['start'] ?? WRITE_ALL;
      const presets = version ? await presetsOf(actor, version.form) : {};
      return {
        card: presentCard({ ...row, visits: row.visits + 1 }),
        guide: row.guide,
        conditions: row.conditions,
        materials: row.materials,
        workingDays: row.working_days,
        contacts: row.contacts,
        declaration: row.declaration,
        audience: row.audience,
        flow: version ? await flowOf(actor, version) : [],
        ...(version ? { form: visibleForm(version.form, rights), rights, presets } : {}),
        ...(version
          ? { names: await namesIn(context, db, version.form, { ...presets, ...draft?.values }) }
          : {}),
        ...(draft ? { draft: { values: draft.values, savedAt: draft.saved_at.toISOString() } } : {}),
        ...(row.link === null ? {} : { link: row.link }),
      };
    },

    async setFavourite(actor: Actor, key: string, on: boolean): Promise<void> {
      await load(actor, key);
      if (on) await store.addFavourite(db, actor.accountId, key, clock.now());
      else await store.removeFavourite(db, actor.accountId, key);
    },

    figures: () => store.countFigures(db, localDay(clock.now())),

    /** Publishes a service with its form and process; a key that exists gets a new version. */
    async publish(tx: Tx, service: ServiceDefinition, position: number, visits = 0): Promise<void> {
      const unit = await directory.findUnitByPath(tx, service.unit);
      if (!unit) throw commonErrors.not_found({}, { field: 'unit' });
      // People search by what they want, not by what the service is called: 部门邮箱 stands in the summary.
      const { pinyin, initials } = digest(`${service.name} ${service.summary}`);
      const keys = { pinyin, initials, initial: digest(service.name).initial };
      await store.insertService(tx, {
        ...service,
        ...keys,
        unitId: unit.id,
        link: service.link ?? null,
        isSystem: service.isSystem ?? false,
        position,
        visits,
      });
      if (!service.form || !service.process) return;
      const definition = await workflow.publish(tx, service.key, service.process);
      await store.insertVersion(tx, {
        key: service.key,
        version: definition.version,
        definitionId: definition.id,
        form: service.form,
        rights: service.rights ?? {},
        title: service.title ?? '{name}',
        now: clock.now(),
      });
    },
  };

  async function flowOf(actor: Actor, version: store.VersionRow): Promise<FlowStep[]> {
    const definition = await workflow.definitionOf(db, version.definition_id);
    const presets = await presetsOf(actor, version.form);
    const steps = await workflow.forecast(db, definition, actor.accountId, presets);
    return presentForecast(context, db, definition, actor, steps);
  }

  async function presetsOf(actor: Actor, form: Form): Promise<FormValues> {
    const person = await directory.accounts.find(db, actor.accountId);
    const day = localDay(clock.now());
    const values: FormValues = {};
    for (const field of fieldsOf(form)) {
      switch (field.preset) {
        case 'my_unit':
          if (person && !person.unit_default) values[field.key] = person.unit_id;
          break;
        case 'my_name':
          values[field.key] = person?.name ?? '';
          break;
        case 'my_address':
          values[field.key] = person ? `${person.local}@${person.domain}` : '';
          break;
        case 'my_mobile':
          if (person?.mobile) values[field.key] = person.mobile;
          break;
        case 'today':
          values[field.key] = day;
          break;
        case 'in_a_year':
          values[field.key] =
            `${Number(day.slice(0, 4)) + 1}${day.slice(4) === '-02-29' ? '-02-28' : day.slice(4)}`;
          break;
        default:
      }
    }
    return values;
  }
}

export async function findVersionOf(db: Db, key: string, version: number): Promise<store.VersionRow> {
  const row = await store.findVersion(db, key, version);
  if (!row) throw commonErrors.not_found();
  return row;
}

export function presentCard(row: store.ServiceRow): ServiceCard {
  return {
    key: row.key,
    name: row.name,
    summary: row.summary,
    icon: row.icon,
    unit: { id: row.unit_id, name: row.unit_name },
    theme: row.theme,
    track: row.track,
    online: row.version !== null,
    favourite: row.favourite,
    visits: row.visits,
    initial: row.initial,
  };
}
