/** The part of @noble/hashes that the phone's page uses. */
export const sha256: unknown;
