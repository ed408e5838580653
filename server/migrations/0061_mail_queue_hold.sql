-- Until when a runner works on a recipient: nobody else may take it up meanwhile, whatever an administrator presses.
alter table mail.recipient add column claimed_until timestamptz;
-- Kept back by an administrator.
alter table mail.recipient add column held boolean not null default false;
