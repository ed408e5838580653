-- Every process keeps addresses in memory; whoever changes one, whichever process and whichever way, tells them all.
-- The frame is that of kit/events: sender, topic, payload, divided by U+001F.
create function directory.signal_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('hongyan', 'database' || chr(31) || 'directory' || chr(31));
  return null;
end $$;
create trigger signal_change after insert or update or delete on directory.account
  for each statement execute function directory.signal_change();
create trigger signal_change after insert or update or delete on directory.address
  for each statement execute function directory.signal_change();
create trigger signal_change after insert or update or delete on directory.domain
  for each statement execute function directory.signal_change();
create trigger signal_change after insert or update or delete on directory.unit_mailbox
  for each statement execute function directory.signal_change();
create trigger signal_change after insert or update or delete on directory.unit_mailbox_member
  for each statement execute function directory.signal_change();
create trigger signal_change after insert or update or delete on directory.administrator
  for each statement execute function directory.signal_change();
