/** Work that can wait until the browser has nothing else to do. */

/** @type {(work: () => void) => unknown} */
export const whenIdle = globalThis.requestIdleCallback?.bind(globalThis) ?? ((work) => setTimeout(work, 16));
