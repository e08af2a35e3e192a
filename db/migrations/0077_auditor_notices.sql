ALTER TABLE "person"."messages" DROP CONSTRAINT "messages_kind";--> statement-breakpoint
ALTER TABLE "person"."messages" DROP CONSTRAINT "messages_caseless";--> statement-breakpoint
ALTER TABLE "person"."messages" ADD CONSTRAINT "messages_kind" CHECK ("person"."messages"."kind" IN ('rung', 'nudge', 'complaint', 'emergency', 'transfer', 'undelivered', 'withdrawal', 'finding', 'access', 'erasure', 'destruction', 'uninspected', 'reads'));--> statement-breakpoint
ALTER TABLE "person"."messages" ADD CONSTRAINT "messages_caseless" CHECK (("person"."messages"."kind" IN ('undelivered', 'uninspected', 'reads')) = ("person"."messages"."case_id" IS NULL));--> statement-breakpoint
-- Who has read how much in a day is counted by the worker, which tells auditors; not what was noted of a read.
GRANT SELECT (at, person, post, unit, kind, cases, status) ON accesses TO linli_worker;
