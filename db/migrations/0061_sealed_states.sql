-- Nothing is read or written anew: the worker fills it where it seals (activities/state-sealer.ts).
ALTER TABLE "cases" ADD COLUMN "outline" json;--> statement-breakpoint
-- What is sealed cannot be made smaller: no time is lost on trying.
ALTER TABLE cases ALTER COLUMN state SET STORAGE EXTERNAL;
