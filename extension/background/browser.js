/** The WebExtension API under one name: Firefox calls it `browser`, Chromium `chrome`. Both return promises. */

/** @type {typeof chrome} */
export const browser = /** @type {any} */ (globalThis).browser ?? globalThis.chrome;

/** Firefox's match patterns know no ports. */
export const isFirefox = /** @type {any} */ (globalThis).browser?.runtime?.getBrowserInfo !== undefined;

export const HOST_NAME = "auto2fa.host";
export const PROTOCOL = 1;
