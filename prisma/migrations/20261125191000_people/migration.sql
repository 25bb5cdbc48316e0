-- CreateTable
CREATE TABLE "account" (
    "id" BIGSERIAL NOT NULL,
    "login" VARCHAR(40) NOT NULL,
    "display_name" VARCHAR(60) NOT NULL,
    "role" VARCHAR(20) NOT NULL,
    "area" CHAR(6) NOT NULL,
    "fixmedins_code" VARCHAR(30),
    "state" VARCHAR(8) NOT NULL DEFAULT 'active',
    "demo" BOOLEAN NOT NULL DEFAULT false,
    "password_hash" VARCHAR(200),
    "must_change_password" BOOLEAN NOT NULL DEFAULT false,
    "totp_secret" BYTEA,
    "totp_enabled_at" TIMESTAMPTZ(3),
    "totp_last_step" BIGINT NOT NULL DEFAULT 0,
    "oidc_subject" VARCHAR(255),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "signed_in_at" TIMESTAMPTZ(3),

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recovery_code" (
    "account_id" BIGINT NOT NULL,
    "code_hash" BYTEA NOT NULL,

    CONSTRAINT "recovery_code_pkey" PRIMARY KEY ("account_id","code_hash")
);

-- CreateTable
CREATE TABLE "session" (
    "id" BIGSERIAL NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "account_id" BIGINT NOT NULL,
    "address" VARCHAR(45) NOT NULL,
    "agent" VARCHAR(200) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_throttle" (
    "kind" VARCHAR(8) NOT NULL,
    "subject" BYTEA NOT NULL,
    "failures" INTEGER NOT NULL,
    "failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "locked_until" TIMESTAMPTZ(3),

    CONSTRAINT "sign_in_throttle_pkey" PRIMARY KEY ("kind","subject")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" BIGSERIAL NOT NULL,
    "prefix" VARCHAR(12) NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "scopes" VARCHAR(20)[],
    "fixmedins_code" VARCHAR(30),
    "created_by" VARCHAR(40) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "account_login_key" ON "account"("login");

-- CreateIndex
CREATE UNIQUE INDEX "account_oidc_subject_key" ON "account"("oidc_subject");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_hash_key" ON "session"("token_hash");

-- CreateIndex
CREATE INDEX "session_account_id_idx" ON "session"("account_id");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

-- CreateIndex
CREATE INDEX "sign_in_throttle_failed_at_idx" ON "sign_in_throttle"("failed_at");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_prefix_key" ON "api_key"("prefix");

-- AddForeignKey
ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What src/people/permissions.ts says, whatever program writes it. An area is a code of 行政区划; the city's own ends in 00.
ALTER TABLE "account" ADD CONSTRAINT "account_login" CHECK ("login" ~ '^[a-z0-9][a-z0-9._-]{1,39}$');
ALTER TABLE "account" ADD CONSTRAINT "account_area" CHECK ("area" ~ '^[0-9]{6}$');
ALTER TABLE "account" ADD CONSTRAINT "account_state" CHECK ("state" IN ('active', 'disabled'));
ALTER TABLE "account" ADD CONSTRAINT "account_role" CHECK ("role" IN ('rule_author', 'rule_approver', 'inspector', 'case_officer',
  'legal_reviewer', 'leader', 'draw_organiser', 'credit_officer', 'auditor', 'administrator', 'institution'));
ALTER TABLE "account" ADD CONSTRAINT "account_institution" CHECK (("role" = 'institution') = ("fixmedins_code" IS NOT NULL));
ALTER TABLE "account" ADD CONSTRAINT "account_administrator" CHECK ("role" <> 'administrator' OR "area" LIKE '____00');
ALTER TABLE "account" ADD CONSTRAINT "account_password" CHECK ("password_hash" LIKE '$argon2id$%');
ALTER TABLE "account" ADD CONSTRAINT "account_second_factor" CHECK ("totp_enabled_at" IS NULL OR "totp_secret" IS NOT NULL);
ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_hash" CHECK (octet_length("code_hash") = 32);
ALTER TABLE "session" ADD CONSTRAINT "session_hash" CHECK (octet_length("token_hash") = 32);
ALTER TABLE "session" ADD CONSTRAINT "session_ends" CHECK ("expires_at" > "created_at");
ALTER TABLE "sign_in_throttle" ADD CONSTRAINT "sign_in_throttle_kind" CHECK ("kind" IN ('account', 'address'));
ALTER TABLE "sign_in_throttle" ADD CONSTRAINT "sign_in_throttle_subject" CHECK (octet_length("subject") = 32 AND "failures" >= 0);
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_hash" CHECK (octet_length("secret_hash") = 32);
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_scopes" CHECK (cardinality("scopes") > 0
  AND "scopes" <@ ARRAY['claims:write', 'precheck', 'national-audit', 'findings:read']::varchar[]);
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_ends" CHECK ("expires_at" > "created_at");
