/** The part of @noble/ciphers that the phone's page uses. */
export function gcm(
  key: Uint8Array,
  nonce: Uint8Array,
  aad?: Uint8Array,
): { encrypt(plain: Uint8Array): Uint8Array; decrypt(sealed: Uint8Array): Uint8Array };
