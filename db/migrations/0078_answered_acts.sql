ALTER TABLE "restores" ADD COLUMN "answered" json DEFAULT '[]' NOT NULL;--> statement-breakpoint
GRANT UPDATE (answered) ON restores TO linli_worker;
