-- One deputy a post at any instant, as one holder; what was delivered never changes.
ALTER TABLE substitutions ADD CONSTRAINT substitutions_one_deputy
  EXCLUDE USING gist (post WITH =, tstzrange(from_at, until_at, '[)') WITH &&);
--> statement-breakpoint
CREATE TRIGGER deliveries_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON deliveries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER delivery_messages_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON delivery_messages
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
GRANT SELECT ON substitutions, reminders, deliveries, delivery_messages, delivery_turns TO linli_door, linli_read;
--> statement-breakpoint
GRANT INSERT ON substitutions, reminders TO linli_door;
--> statement-breakpoint
-- to hold the substitution an act relies on (FOR SHARE)
GRANT UPDATE ON substitutions TO linli_door;
--> statement-breakpoint
-- who stands for a post: its holder and the deputy
CREATE VIEW stand_ins AS
  SELECT post, person, from_at, until_at, false AS deputy FROM appointments
  UNION ALL SELECT post, person, from_at, until_at, true FROM substitutions;
--> statement-breakpoint
GRANT SELECT ON stand_ins TO linli_door, linli_read;
