/** The part of @noble/hashes that the phone's page uses. */
export function hkdf(
  hash: unknown,
  key: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array;
