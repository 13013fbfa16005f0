/** Errors as the pages show them: a stable name, what happened, what to do next. */

/**
 * @typedef {{code: number, name: string, message: string, next: string, params: Record<string, string>}} PlainError
 */

/** Errors of the extension itself; the host's come over the channel. Numbers 2000 and up are the extension's. */
const OWN = /** @type {const} */ ({
  hostMissing: {
    code: 2000,
    message: "The Auto 2FA host is not installed on this computer, or does not start.",
    next: "Run “auto2fa install” in a terminal, then restart the browser.",
  },
  hostRefused: {
    code: 2001,
    message: "The Auto 2FA host does not accept this extension.",
    next: "Run “auto2fa install” in a terminal, then restart the browser.",
  },
  hostLost: {
    code: 2002,
    message: "The Auto 2FA host ended in the middle of this.",
    next: "Try again; nothing was half done. If it stays, run “auto2fa doctor”.",
  },
  hostSlow: {
    code: 2003,
    message: "The Auto 2FA host did not answer in time.",
    next: "If your system asks to unlock the keyring, do that; then try again.",
  },
  noPrompt: {
    code: 2004,
    message: "There is no field for a code on this page.",
    next: "Open the page where the portal asks for the code.",
  },
  notPermitted: {
    code: 2005,
    message: "The browser does not let Auto 2FA work on this site.",
    next: "Open the popup there and choose “Allow on this site”.",
  },
  cannotCapture: {
    code: 2006,
    message: "This page cannot be captured.",
    next: "Take a screenshot of the QR code and choose its file instead.",
  },
  captureGone: {
    code: 2007,
    message: "That capture has been forgotten.",
    next: "Capture the QR code again.",
  },
  tabGone: { code: 2008, message: "That tab is closed.", next: "Open the portal again." },
});

export class ApiError extends Error {
  /** @param {PlainError} plain */
  constructor(plain) {
    super(plain.message);
    this.plain = plain;
  }
}

/**
 * @param {keyof typeof OWN} name
 * @param {Record<string, string>} [params]
 */
export function ownError(name, params = {}) {
  return new ApiError({ name, params, ...OWN[name] });
}

/**
 * @param {unknown} error
 * @returns {PlainError}
 */
export function plainError(error) {
  if (error instanceof ApiError) return error.plain;
  const detail = error instanceof Error ? error.message : String(error);
  return {
    code: 2099,
    name: "extensionError",
    message: `Something went wrong inside the extension (${detail}).`,
    next: "Reload the page and try again.",
    params: { detail },
  };
}
