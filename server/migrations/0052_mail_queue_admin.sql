-- An administrator ended the tries: the next round bounces it without asking the other side.
alter table mail.recipient add column given_up boolean not null default false;
