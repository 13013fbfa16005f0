/** Pictures and files that a person chooses, drops or pastes. */

import { named } from "../../common/api.js";

/** Base64 is a third longer, and a message to the host holds 64 MB. */
const MOST_BYTES = 47 * 1024 * 1024;

/**
 * @param {Blob} file
 * @returns {Promise<string>} base64
 */
export function base64(file) {
  if (file.size > MOST_BYTES) return Promise.reject(named("messageTooLarge", { limit: 47 }));
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(named("fileUnreadable", { name: file instanceof File ? file.name : "" }));
    reader.readAsDataURL(file);
  });
}

/**
 * Makes an element take dropped files.
 * @param {HTMLElement} element
 * @param {(files: File[]) => void} take
 */
export function takeDrops(element, take) {
  element.addEventListener("dragover", (event) => {
    event.preventDefault();
    element.classList.add("over");
  });
  element.addEventListener("dragleave", (event) => {
    if (!element.contains(/** @type {Node | null} */ (event.relatedTarget))) element.classList.remove("over");
  });
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    element.classList.remove("over");
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) take(files);
  });
}

/**
 * Takes files pasted anywhere on the page.
 * @param {(files: File[]) => void} take
 * @returns {() => void} stops taking
 */
export function takePastes(take) {
  /** @param {ClipboardEvent} event */
  const listener = (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    take(files);
  };
  document.addEventListener("paste", listener);
  return () => document.removeEventListener("paste", listener);
}

/**
 * The picture on the clipboard. The browser may ask whether it may be read.
 * @returns {Promise<File[]>}
 */
export async function clipboardPictures() {
  let items;
  try {
    items = await navigator.clipboard.read();
  } catch {
    throw named("clipboardRefused");
  }
  const files = [];
  for (const item of items) {
    const type = item.types.find((one) => one.startsWith("image/"));
    if (type) files.push(new File([await item.getType(type)], "clipboard", { type }));
  }
  if (files.length === 0) throw named("clipboardEmpty");
  return files;
}
