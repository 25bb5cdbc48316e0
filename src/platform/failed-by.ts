/** Whether the system failed for this reason, like `ENOENT`. */
export const failedBy = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
