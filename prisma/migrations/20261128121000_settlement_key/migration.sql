-- The settlement first: nearly all settlements differ in it, while thousands share an institution, so that one comparison tells two keys apart.
CREATE UNIQUE INDEX "claim_revision_setl_id_fixmedins_code_content_hash_key" ON "claim_revision"("setl_id", "fixmedins_code", "content_hash");
DROP INDEX "claim_revision_fixmedins_code_setl_id_content_hash_key";
