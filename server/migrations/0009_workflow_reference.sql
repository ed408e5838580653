-- The number that people quote, so that task lists find a case by it.
alter table workflow.instance add column reference text not null default '';
