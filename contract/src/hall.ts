import Type, { type Static } from 'typebox';
import {
  Closed,
  Instant,
  NumericId,
  PageQuery,
  PersonRef,
  RequiredText,
  Text,
  UnitRef,
  Uuid,
} from './common.ts';
import { FieldRights, Form, FormValues } from './forms.ts';

export const ServiceKey = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,59}$' });

export const ServiceCard = Type.Object({
  key: Type.String(),
  name: Type.String(),
  summary: Type.String(),
  icon: Type.String(),
  unit: UnitRef,
  theme: Type.String(),
  track: Type.String(),
  /** Can be applied for online here and now by the reader. */
  online: Type.Boolean(),
  favourite: Type.Boolean(),
  visits: Type.Integer(),
  /** Pinyin initial, upper case, or '#'. */
  initial: Type.String(),
});
export type ServiceCard = Static<typeof ServiceCard>;

export const FlowStep = Type.Object({
  node: Type.String(),
  name: Type.String(),
  kind: Type.Union([
    Type.Literal('start'),
    Type.Literal('approve'),
    Type.Literal('handle'),
    Type.Literal('cc'),
    Type.Literal('action'),
    Type.Literal('condition'),
    Type.Literal('end'),
  ]),
  /** any: one answer decides; all: everyone must agree. */
  mode: Type.Optional(Type.Union([Type.Literal('any'), Type.Literal('all')])),
  people: Type.Array(PersonRef),
  /** Said when there is no person to name, e.g. 申请部门负责人. */
  note: Type.Optional(Type.String()),
});
export type FlowStep = Static<typeof FlowStep>;

export const ServicePage = Type.Object({
  card: ServiceCard,
  guide: Type.String(),
  conditions: Type.Array(Type.String()),
  materials: Type.Array(Type.String()),
  /** Promised working days. */
  workingDays: Type.Integer(),
  contacts: Type.Array(Type.Object({ name: Type.String(), phone: Type.String(), place: Type.String() })),
  declaration: Type.String(),
  audience: Type.Array(Type.String()),
  flow: Type.Array(FlowStep),
  /** Present when it can be applied for. */
  form: Type.Optional(Form),
  rights: Type.Optional(FieldRights),
  /** Presets resolved for the reader. */
  presets: Type.Optional(FormValues),
  draft: Type.Optional(Type.Object({ values: FormValues, savedAt: Instant })),
  /** Ids in presets and draft, resolved for showing: `person:12` and `unit:3` to names. */
  names: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** Where the service opens instead, for a service of another system. */
  link: Type.Optional(Type.String()),
});
export type ServicePage = Static<typeof ServicePage>;

export const ServiceQuery = Closed({ search: Type.Optional(Text(60)) });

export const HallHome = Type.Object({
  favourites: Type.Array(ServiceCard),
  hot: Type.Array(ServiceCard),
  recent: Type.Array(ServiceCard),
  systems: Type.Array(
    Type.Object({ key: Type.String(), name: Type.String(), icon: Type.String(), link: Type.String() }),
  ),
  notices: Type.Array(
    Type.Object({
      category: Type.String(),
      items: Type.Array(
        Type.Object({ id: NumericId, title: Type.String(), unit: Type.String(), time: Instant }),
      ),
    }),
  ),
  figures: Type.Object({
    services: Type.Integer(),
    online: Type.Integer(),
    completed: Type.Integer(),
    visits: Type.Integer(),
    people: Type.Integer(),
    today: Type.Integer(),
  }),
  todo: Type.Array(Type.Object({ taskId: Uuid, title: Type.String(), from: Type.String(), time: Instant })),
});
export type HallHome = Static<typeof HallHome>;

export const Notice = Type.Object({
  id: NumericId,
  title: Type.String(),
  category: Type.String(),
  unit: Type.String(),
  body: Type.String(),
  time: Instant,
});
export type Notice = Static<typeof Notice>;

/** PUT /hall/services/:key/draft. Secrets are dropped by the server should a client send one. */
export const SaveDraft = Closed({ values: FormValues });

/** POST /hall/services/:key/preview: validates, and names the path and the people, without storing anything. */
export const PreviewApplication = Closed({ values: FormValues });
export const ApplicationPreview = Type.Object({ values: FormValues, flow: Type.Array(FlowStep) });
export type ApplicationPreview = Static<typeof ApplicationPreview>;

/** POST /hall/services/:key/applications. The same `requestKey` twice gives the same case: a double click is one case. */
export const Apply = Closed({ values: FormValues, requestKey: Text(64, 8) });
export type Apply = Static<typeof Apply>;
export const Applied = Type.Object({ caseId: Uuid, number: Type.String() });
export type Applied = Static<typeof Applied>;

export const CaseState = Type.Union([
  Type.Literal('running'),
  /** Sent back to the applicant, who may edit and resend. */
  Type.Literal('returned'),
  Type.Literal('approved'),
  Type.Literal('rejected'),
  Type.Literal('withdrawn'),
]);
export type CaseState = Static<typeof CaseState>;

/** One line of 查看流程. */
export const ProgressEntry = Type.Object({
  node: Type.String(),
  name: Type.String(),
  kind: FlowStep.properties.kind,
  state: Type.Union([
    Type.Literal('done'),
    Type.Literal('current'),
    Type.Literal('future'),
    Type.Literal('failed'),
    Type.Literal('skipped'),
  ]),
  round: Type.Integer(),
  mode: Type.Optional(Type.Union([Type.Literal('any'), Type.Literal('all')])),
  enteredAt: Type.Optional(Instant),
  leftAt: Type.Optional(Instant),
  people: Type.Array(
    Type.Object({
      person: PersonRef,
      /** What he did; missing while he has not. */
      action: Type.Optional(Type.String()),
      /** The action in the reader's language. */
      label: Type.Optional(Type.String()),
      comment: Type.Optional(Type.String()),
      time: Type.Optional(Instant),
    }),
  ),
  note: Type.Optional(Type.String()),
});
export type ProgressEntry = Static<typeof ProgressEntry>;

export const CaseSummary = Type.Object({
  id: Uuid,
  number: Type.String(),
  title: Type.String(),
  service: Type.Object({ key: Type.String(), name: Type.String() }),
  applicant: PersonRef,
  state: CaseState,
  submittedAt: Instant,
  endedAt: Type.Optional(Instant),
  /** Names of the current steps. */
  current: Type.Array(Type.String()),
  late: Type.Boolean(),
});
export type CaseSummary = Static<typeof CaseSummary>;

export const CasePage = Type.Object({
  case: CaseSummary,
  form: Form,
  rights: FieldRights,
  values: FormValues,
  /** Ids in values, resolved for showing: `person:12` and `unit:3` to names. */
  names: Type.Record(Type.String(), Type.String()),
  progress: Type.Array(ProgressEntry),
  /** Results such as created mailboxes. */
  results: Type.Array(Type.Object({ label: Type.String(), value: Type.String() })),
  can: Type.Object({ withdraw: Type.Boolean(), urge: Type.Boolean(), resend: Type.Boolean() }),
});
export type CasePage = Static<typeof CasePage>;

export const Resend = Closed({ values: FormValues });
export const Withdraw = Closed({ comment: Type.Optional(Text(500)) });

export const TaskBox = Type.Union([
  Type.Literal('todo'),
  Type.Literal('done'),
  Type.Literal('started'),
  Type.Literal('received'),
  Type.Literal('cc'),
]);
export type TaskBox = Static<typeof TaskBox>;

/** GET /tasks?box=. `todo`, `done`, `cc` list tasks; `started` and `received` list cases (taskId missing). */
export const TaskItem = Type.Object({
  taskId: Type.Optional(Uuid),
  case: CaseSummary,
  /** The step, e.g. 部门负责人审批. */
  step: Type.Optional(Type.String()),
  kind: Type.Optional(Type.String()),
  action: Type.Optional(Type.String()),
  label: Type.Optional(Type.String()),
  time: Instant,
  read: Type.Boolean(),
});
export type TaskItem = Static<typeof TaskItem>;
export const TaskQuery = Closed({
  ...PageQuery,
  box: TaskBox,
  search: Type.Optional(Text(60)),
  service: Type.Optional(ServiceKey),
  state: Type.Optional(CaseState),
});
export const TaskCounts = Type.Object({
  todo: Type.Integer(),
  done: Type.Integer(),
  started: Type.Integer(),
  received: Type.Integer(),
  cc: Type.Integer(),
});
export type TaskCounts = Static<typeof TaskCounts>;

export const TaskPage = Type.Object({
  task: Type.Object({
    id: Uuid,
    step: Type.String(),
    kind: Type.String(),
    open: Type.Boolean(),
    /** Nodes that 退回 may go to. */
    returnTo: Type.Array(Type.Object({ node: Type.String(), name: Type.String() })),
    actions: Type.Array(Type.String()),
  }),
  page: CasePage,
});
export type TaskPage = Static<typeof TaskPage>;

/** approve 同意, reject 驳回, return 退回, complete 办结 (handle steps), read 已阅 (cc). */
export const Decision = Closed({
  action: Type.Union([
    Type.Literal('approve'),
    Type.Literal('reject'),
    Type.Literal('return'),
    Type.Literal('complete'),
    Type.Literal('read'),
  ]),
  comment: Type.Optional(Text(1000)),
  /** Fields that this step may write. */
  values: Type.Optional(FormValues),
  /** For return: the node. */
  to: Type.Optional(Text(60)),
  /** For return: go through the steps again, or straight back to me. */
  resume: Type.Optional(Type.Union([Type.Literal('in_order'), Type.Literal('straight_back')])),
});
export type Decision = Static<typeof Decision>;

export const BatchDecision = Closed({
  taskIds: Type.Array(Uuid, { minItems: 1, maxItems: 100 }),
  comment: Type.Optional(Text(1000)),
});
export const BatchResult = Type.Object({
  results: Type.Array(
    Type.Object({ taskId: Uuid, ok: Type.Boolean(), message: Type.Optional(Type.String()) }),
  ),
});
export type BatchResult = Static<typeof BatchResult>;

/** An automatic step that failed and waits for an administrator. */
export const FailedAction = Type.Object({
  id: Uuid,
  caseId: Uuid,
  title: Type.String(),
  step: Type.String(),
  message: Type.String(),
  attempts: Type.Integer(),
  time: Instant,
});
export type FailedAction = Static<typeof FailedAction>;
export const SkipAction = Closed({ reason: RequiredText(500) });
/** Retry, optionally with corrected form values (a mailbox name that was taken in between). */
export const RetryAction = Closed({ values: Type.Optional(FormValues) });
