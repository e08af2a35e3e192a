CREATE TABLE "person"."bank_line_names" (
	"case_id" text NOT NULL,
	"line" text NOT NULL,
	"counterparty" text,
	"text" text,
	CONSTRAINT "bank_line_names_case_id_line_pk" PRIMARY KEY("case_id","line"),
	CONSTRAINT "bank_line_names_said" CHECK (num_nonnulls("person"."bank_line_names"."counterparty", "person"."bank_line_names"."text") > 0)
);
--> statement-breakpoint
ALTER TABLE "book_counts" DROP CONSTRAINT "book_counts_third";
--> statement-breakpoint
ALTER TABLE "person"."book_names" DROP CONSTRAINT "book_names_what";
--> statement-breakpoint
ALTER TABLE "person"."bank_line_names" ADD CONSTRAINT "bank_line_names_case_id_line_bank_lines_case_id_id_fk" FOREIGN KEY ("case_id","line") REFERENCES "public"."bank_lines"("case_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "book_draws_open" ON "book_draws" USING btree ("case_id","clock") WHERE "book_draws"."count" IS NULL AND "book_draws"."missed_at" IS NULL;
--> statement-breakpoint
ALTER TABLE "person"."book_names" ADD CONSTRAINT "book_names_what" CHECK ("person"."book_names"."what" IN ('giver', 'receiver', 'helper', 'witness'));
--> statement-breakpoint
-- What the bank says of a line in words, and who saw a count, are names of people: they go where names lie, and nowhere else.
INSERT INTO person.bank_line_names (case_id, line, counterparty, text)
  SELECT case_id, id, counterparty, text FROM bank_lines WHERE num_nonnulls(counterparty, text) > 0;
--> statement-breakpoint
INSERT INTO person.book_names (case_id, id, what, name)
  SELECT case_id, id, 'witness', witness FROM book_counts WHERE witness IS NOT NULL;
--> statement-breakpoint
ALTER TABLE "bank_lines" DROP COLUMN "counterparty";
--> statement-breakpoint
ALTER TABLE "bank_lines" DROP COLUMN "text";
--> statement-breakpoint
ALTER TABLE "book_counts" DROP COLUMN "witness";
--> statement-breakpoint
-- Who counts another's money names who saw it.
CREATE FUNCTION book_count_witnessed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM person.book_names n WHERE n.case_id = NEW.case_id AND n.id = NEW.id AND n.what = 'witness') THEN
    RAISE EXCEPTION 'count % has no witness', NEW.id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_count_witnessed AFTER INSERT ON book_counts DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.kind <> 'day') EXECUTE FUNCTION book_count_witnessed();
--> statement-breakpoint
-- What is said of a count or of a line is written with it, never added to it.
CREATE FUNCTION book_words_at_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE whole boolean;
BEGIN
  IF TG_TABLE_NAME = 'book_names' THEN
    SELECT written_now(k.xmin) INTO whole FROM book_counts k WHERE k.case_id = NEW.case_id AND k.id = NEW.id;
  ELSE
    SELECT written_now(l.xmin) INTO whole FROM bank_lines l WHERE l.case_id = NEW.case_id AND l.id = NEW.line;
  END IF;
  IF whole IS DISTINCT FROM true THEN
    RAISE EXCEPTION 'no name is added to what was recorded before';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER at_once AFTER INSERT ON person.book_names FOR EACH ROW WHEN (NEW.what = 'witness') EXECUTE FUNCTION book_words_at_once();
--> statement-breakpoint
CREATE TRIGGER at_once AFTER INSERT ON person.bank_line_names FOR EACH ROW EXECUTE FUNCTION book_words_at_once();
--> statement-breakpoint
-- Nothing of it is rewritten. That it can go when its time is over is why it lies here; no role of the application takes it away.
CREATE TRIGGER never_rewritten BEFORE UPDATE OR TRUNCATE ON person.book_names FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER never_rewritten BEFORE UPDATE OR TRUNCATE ON person.bank_line_names FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
GRANT SELECT ON person.bank_line_names TO linli_door, linli_read;
--> statement-breakpoint
GRANT INSERT ON person.bank_line_names TO linli_door;
--> statement-breakpoint
REVOKE ALL ON FUNCTION book_count_witnessed(), book_words_at_once() FROM PUBLIC;
