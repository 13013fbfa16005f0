// The phone's half of ../keys.py: keys from the link's fragment, the check word, sealing and opening.
// Web Crypto does the encryption where the page is a secure context. On plain http in the local network
// browsers withhold it; then the vendored pure-JavaScript AES-GCM is loaded instead.

import { hkdf } from "./vendor/noble-hashes/hkdf.js";
import { sha256 } from "./vendor/noble-hashes/sha2.js";

const NONCE_BYTES = 12;
const CHECK_ALPHABET = "34679CDFGHJKMNPQRTVWXY";
const CHECK_LENGTH = 4;

/** @param {string} text */
const utf8 = (text) => /** @type {Uint8Array<ArrayBuffer>} */ (new TextEncoder().encode(text));

/**
 * The key of one link.
 * @typedef {{
 *   checkWord: string,
 *   sealPhoto(plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>,
 *   openName(sealed: Uint8Array<ArrayBuffer>): Promise<string>,
 * }} LinkKey
 */

/**
 * @param {string} link the link's id
 * @param {string} fragment what stands behind "#", 43 characters of base64url
 * @returns {LinkKey|null} null when the fragment is cut or changed
 */
export function linkKey(link, fragment) {
  if (!/^[A-Za-z0-9_-]{43}$/.test(fragment)) {
    return null;
  }
  const binary = atob(`${fragment.replaceAll("-", "+").replaceAll("_", "/")}=`);
  const master = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));

  /** @param {string} purpose @param {number} length */
  const derive = (purpose, length) =>
    /** @type {Uint8Array<ArrayBuffer>} */ (
      hkdf(sha256, master, utf8(link), utf8(`auto2fa/1 ${purpose}`), length)
    );
  /** @param {string} purpose */
  const associated = (purpose) => utf8(`auto2fa/1 ${purpose} ${link}`);

  return {
    checkWord: wordOf(derive("check", 8)),

    async sealPhoto(plain) {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const cipher = await aesGcm(derive("photo", 32), nonce, associated("photo"));
      const body = await cipher.encrypt(plain);
      const sealed = new Uint8Array(NONCE_BYTES + body.length);
      sealed.set(nonce);
      sealed.set(body, NONCE_BYTES);
      return sealed;
    },

    async openName(sealed) {
      const nonce = sealed.slice(0, NONCE_BYTES);
      const cipher = await aesGcm(derive("name", 32), nonce, associated("name"));
      return new TextDecoder().decode(await cipher.decrypt(sealed.slice(NONCE_BYTES)));
    },
  };
}

/** @param {Uint8Array} bytes */
function wordOf(bytes) {
  let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const base = BigInt(CHECK_ALPHABET.length);
  let word = "";
  for (let i = 0; i < CHECK_LENGTH; i += 1) {
    word += CHECK_ALPHABET[Number(number % base)];
    number /= base;
  }
  return word;
}

/**
 * @param {Uint8Array<ArrayBuffer>} key
 * @param {Uint8Array<ArrayBuffer>} iv
 * @param {Uint8Array<ArrayBuffer>} additionalData
 */
async function aesGcm(key, iv, additionalData) {
  const subtle = globalThis.crypto.subtle;
  if (subtle) {
    const parameters = { name: "AES-GCM", iv, additionalData };
    const imported = await subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
    return {
      /** @param {Uint8Array<ArrayBuffer>} plain */
      encrypt: async (plain) => new Uint8Array(await subtle.encrypt(parameters, imported, plain)),
      /** @param {Uint8Array<ArrayBuffer>} body */
      decrypt: async (body) => new Uint8Array(await subtle.decrypt(parameters, imported, body)),
    };
  }
  const { gcm } = await import("./vendor/noble-ciphers/aes.js");
  const cipher = gcm(key, iv, additionalData);
  return {
    /** @param {Uint8Array<ArrayBuffer>} plain */
    encrypt: async (plain) => cipher.encrypt(plain),
    /** @param {Uint8Array<ArrayBuffer>} body */
    decrypt: async (body) => cipher.decrypt(body),
  };
}
