/** Says something to people who listen to the page, without moving the focus. */

/** @param {string} text */
export function say(text) {
  const region = document.getElementById("say");
  if (!region) return;
  region.textContent = "";
  // A screen reader speaks a change, so the same sentence twice needs a moment of silence between.
  setTimeout(() => {
    region.textContent = text;
  }, 30);
}
