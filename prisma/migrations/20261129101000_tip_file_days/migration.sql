-- What files of all tips together came to on a day. By day and no finer: an hour would tell when somebody told.
CREATE TABLE "tip_file_day" (
    "day" VARCHAR(10) NOT NULL,
    "bytes" BIGINT NOT NULL,

    CONSTRAINT "tip_file_day_pkey" PRIMARY KEY ("day"),
    CONSTRAINT "tip_file_day_day" CHECK ("day" ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    CONSTRAINT "tip_file_day_bytes" CHECK ("bytes" > 0)
);
