/** What has to be asked for again when an entry was settled. */
export const quarantineKeys = [['quarantine'], ['quarantined'], ['overview']] as const;
