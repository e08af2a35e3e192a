CREATE TABLE "accounts" (
	"code" text PRIMARY KEY NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "book_channels" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"channel" text NOT NULL,
	"account" text NOT NULL,
	CONSTRAINT "book_channels_case_id_book_channel_pk" PRIMARY KEY("case_id","book","channel"),
	CONSTRAINT "book_channels_channel" CHECK ("book_channels"."channel" IN ('cash', 'bank', 'wechat'))
);
--> statement-breakpoint
CREATE TABLE "book_counters" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"side" text NOT NULL,
	"channel" text NOT NULL,
	"period" text NOT NULL,
	"no" bigint NOT NULL,
	"balance_fen" bigint NOT NULL,
	"last_at" timestamp (3) with time zone,
	CONSTRAINT "book_counters_case_id_book_side_channel_period_pk" PRIMARY KEY("case_id","book","side","channel","period")
);
--> statement-breakpoint
CREATE TABLE "book_discrepancies" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"book" text NOT NULL,
	"source_doc" text NOT NULL,
	"why" text NOT NULL,
	"found" text NOT NULL,
	"found_at" timestamp (3) with time zone NOT NULL,
	"cash_fen" bigint,
	"ledger_fen" bigint,
	"explained_by" text,
	"explained_at" timestamp (3) with time zone,
	"decision" text,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"how" text,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "book_discrepancies_case_id_id_pk" PRIMARY KEY("case_id","id")
);
--> statement-breakpoint
CREATE TABLE "book_documents" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"side" text NOT NULL,
	"source_doc" text NOT NULL,
	"entry" text NOT NULL,
	CONSTRAINT "book_documents_case_id_book_side_source_doc_pk" PRIMARY KEY("case_id","book","side","source_doc")
);
--> statement-breakpoint
CREATE TABLE "book_duties" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"person" text NOT NULL,
	"duty" text NOT NULL,
	"during" "tstzrange" NOT NULL,
	CONSTRAINT "book_duties_duty" CHECK ("book_duties"."duty" IN ('cash', 'ledger', 'reviewer', 'approver', 'archive'))
);
--> statement-breakpoint
CREATE TABLE "book_payouts" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"book" text NOT NULL,
	"channel" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"text" text NOT NULL,
	"state" text NOT NULL,
	"requested_by" text NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"paid_by" text,
	"paid_at" timestamp (3) with time zone,
	"entry" text,
	"confirmed_by" text,
	"confirmed_at" timestamp (3) with time zone,
	CONSTRAINT "book_payouts_case_id_id_pk" PRIMARY KEY("case_id","id"),
	CONSTRAINT "book_payouts_amount" CHECK ("book_payouts"."amount_fen" BETWEEN 1 AND 10000000000000),
	CONSTRAINT "book_payouts_state" CHECK ("book_payouts"."state" IN ('requested', 'approved', 'refused', 'paid', 'confirmed')),
	CONSTRAINT "book_payouts_apart" CHECK ("book_payouts"."decided_by" <> "book_payouts"."requested_by")
);
--> statement-breakpoint
CREATE TABLE "book_reconciliations" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"seq" bigint NOT NULL,
	"compared_by" text NOT NULL,
	"compared_at" timestamp (3) with time zone NOT NULL,
	"cash_fen" bigint NOT NULL,
	"ledger_fen" bigint NOT NULL,
	"matched" integer NOT NULL,
	"unmatched" integer NOT NULL,
	"result" json NOT NULL,
	CONSTRAINT "book_reconciliations_case_id_book_seq_pk" PRIMARY KEY("case_id","book","seq")
);
--> statement-breakpoint
CREATE TABLE "books" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text NOT NULL,
	"keeps" text NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "books_case_id_book_pk" PRIMARY KEY("case_id","book")
);
--> statement-breakpoint
CREATE TABLE "cash_entries" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"book" text NOT NULL,
	"channel" text NOT NULL,
	"no" bigint NOT NULL,
	"direction" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"balance_fen" bigint NOT NULL,
	"source_doc" text NOT NULL,
	"occurred_date" date NOT NULL,
	"text" text,
	"payout" text,
	"reverses" text,
	"recorded_by" text NOT NULL,
	"actor_kind" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"act_id" text,
	"seq" bigint NOT NULL,
	CONSTRAINT "cash_entries_case_id_id_pk" PRIMARY KEY("case_id","id"),
	CONSTRAINT "cash_entries_no" UNIQUE("case_id","book","channel","no"),
	CONSTRAINT "cash_entries_reverses" UNIQUE("case_id","reverses"),
	CONSTRAINT "cash_entries_direction" CHECK ("cash_entries"."direction" IN ('in', 'out')),
	CONSTRAINT "cash_entries_amount" CHECK ("cash_entries"."amount_fen" <> 0 AND "cash_entries"."amount_fen" BETWEEN -10000000000000 AND 10000000000000),
	CONSTRAINT "cash_entries_red" CHECK (("cash_entries"."reverses" IS NULL) = ("cash_entries"."amount_fen" > 0)),
	CONSTRAINT "cash_entries_balance" CHECK ("cash_entries"."balance_fen" BETWEEN 0 AND 10000000000000),
	CONSTRAINT "cash_entries_actor" CHECK ("cash_entries"."actor_kind" IN ('person', 'import')),
	CONSTRAINT "cash_entries_day" CHECK ("cash_entries"."occurred_date" <= ("cash_entries"."recorded_at" AT TIME ZONE 'Asia/Shanghai')::date)
);
--> statement-breakpoint
CREATE TABLE "voucher_lines" (
	"case_id" text NOT NULL,
	"voucher" text NOT NULL,
	"line" integer NOT NULL,
	"text" text NOT NULL,
	"account" text NOT NULL,
	"side" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"item" text,
	"quantity" numeric,
	"price_fen" bigint,
	"buyer" text,
	CONSTRAINT "voucher_lines_case_id_voucher_line_pk" PRIMARY KEY("case_id","voucher","line"),
	CONSTRAINT "voucher_lines_side" CHECK ("voucher_lines"."side" IN ('debit', 'credit')),
	CONSTRAINT "voucher_lines_amount" CHECK ("voucher_lines"."amount_fen" <> 0 AND "voucher_lines"."amount_fen" BETWEEN -10000000000000 AND 10000000000000),
	CONSTRAINT "voucher_lines_price" CHECK ("voucher_lines"."price_fen" BETWEEN 1 AND 10000000000000 AND "voucher_lines"."quantity" > 0)
);
--> statement-breakpoint
CREATE TABLE "vouchers" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"book" text NOT NULL,
	"channel" text NOT NULL,
	"no" bigint NOT NULL,
	"direction" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"balance_fen" bigint NOT NULL,
	"source_doc" text NOT NULL,
	"occurred_date" date NOT NULL,
	"text" text,
	"payout" text,
	"reverses" text,
	"recorded_by" text NOT NULL,
	"actor_kind" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"act_id" text,
	"seq" bigint NOT NULL,
	"period" text NOT NULL,
	"line_count" integer NOT NULL,
	"total_fen" bigint NOT NULL,
	CONSTRAINT "vouchers_case_id_id_pk" PRIMARY KEY("case_id","id"),
	CONSTRAINT "vouchers_no" UNIQUE("case_id","book","period","no"),
	CONSTRAINT "vouchers_reverses" UNIQUE("case_id","reverses"),
	CONSTRAINT "vouchers_direction" CHECK ("vouchers"."direction" IN ('in', 'out')),
	CONSTRAINT "vouchers_amount" CHECK ("vouchers"."amount_fen" <> 0 AND "vouchers"."amount_fen" BETWEEN -10000000000000 AND 10000000000000),
	CONSTRAINT "vouchers_red" CHECK (("vouchers"."reverses" IS NULL) = ("vouchers"."amount_fen" > 0)),
	CONSTRAINT "vouchers_balance_bounds" CHECK ("vouchers"."balance_fen" BETWEEN -10000000000000 AND 10000000000000),
	CONSTRAINT "vouchers_actor" CHECK ("vouchers"."actor_kind" IN ('person', 'import')),
	CONSTRAINT "vouchers_lines" CHECK ("vouchers"."line_count" BETWEEN 2 AND 201),
	CONSTRAINT "vouchers_period" CHECK ("vouchers"."period" = to_char("vouchers"."recorded_at" AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')),
	CONSTRAINT "vouchers_day" CHECK ("vouchers"."occurred_date" <= ("vouchers"."recorded_at" AT TIME ZONE 'Asia/Shanghai')::date)
);
--> statement-breakpoint
ALTER TABLE "book_channels" ADD CONSTRAINT "book_channels_account_accounts_code_fk" FOREIGN KEY ("account") REFERENCES "public"."accounts"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_channels" ADD CONSTRAINT "book_channels_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_counters" ADD CONSTRAINT "book_counters_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_discrepancies" ADD CONSTRAINT "book_discrepancies_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_duties" ADD CONSTRAINT "book_duties_person_people_id_fk" FOREIGN KEY ("person") REFERENCES "person"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_duties" ADD CONSTRAINT "book_duties_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_payouts" ADD CONSTRAINT "book_payouts_case_id_book_channel_book_channels_case_id_book_channel_fk" FOREIGN KEY ("case_id","book","channel") REFERENCES "public"."book_channels"("case_id","book","channel") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_reconciliations" ADD CONSTRAINT "book_reconciliations_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "books" ADD CONSTRAINT "books_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cash_entries" ADD CONSTRAINT "cash_entries_case_id_book_channel_book_channels_case_id_book_channel_fk" FOREIGN KEY ("case_id","book","channel") REFERENCES "public"."book_channels"("case_id","book","channel") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cash_entries" ADD CONSTRAINT "cash_entries_case_id_payout_book_payouts_case_id_id_fk" FOREIGN KEY ("case_id","payout") REFERENCES "public"."book_payouts"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "voucher_lines" ADD CONSTRAINT "voucher_lines_account_accounts_code_fk" FOREIGN KEY ("account") REFERENCES "public"."accounts"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "voucher_lines" ADD CONSTRAINT "voucher_lines_case_id_voucher_vouchers_case_id_id_fk" FOREIGN KEY ("case_id","voucher") REFERENCES "public"."vouchers"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vouchers" ADD CONSTRAINT "vouchers_case_id_book_channel_book_channels_case_id_book_channel_fk" FOREIGN KEY ("case_id","book","channel") REFERENCES "public"."book_channels"("case_id","book","channel") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vouchers" ADD CONSTRAINT "vouchers_case_id_payout_book_payouts_case_id_id_fk" FOREIGN KEY ("case_id","payout") REFERENCES "public"."book_payouts"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "book_discrepancies_one_open" ON "book_discrepancies" USING btree ("case_id","book","source_doc") WHERE "book_discrepancies"."settled_at" IS NULL;--> statement-breakpoint
CREATE INDEX "cash_entries_document" ON "cash_entries" USING btree ("case_id","book","source_doc");--> statement-breakpoint
CREATE INDEX "vouchers_document" ON "vouchers" USING btree ("case_id","book","source_doc");