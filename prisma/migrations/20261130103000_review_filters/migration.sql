-- Filters of the queue of reviews that an account keeps (src/cases/review-filter-*).
CREATE TABLE "review_filter" (
    "account" VARCHAR(120) NOT NULL,
    "name" VARCHAR(40) NOT NULL,
    "filter" JSON NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "review_filter_pkey" PRIMARY KEY ("account", "name")
);
