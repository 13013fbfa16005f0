// The phone's page: choose a photo, look at it, send it, learn what became of it.

import { linkKey } from "./seal.js";
import { prepare } from "./shrink.js";
import { open, Trouble, upload } from "./wire.js";

/** @typedef {import("./shrink.js").Photo} Photo */

/** @type {Record<string, string>} */
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function element(id) {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`no element ${id}`);
  }
  return found;
}

const picture = /** @type {HTMLImageElement} */ (element("picture"));
const bar = /** @type {HTMLProgressElement} */ (element("bar"));
const inputs = ["take", "pick"].map((id) => /** @type {HTMLInputElement} */ (element(id)));

const link = location.pathname.replace(/\/$/, "").split("/").pop() ?? "";
const key = linkKey(link, location.hash.slice(1));

let maxBytes = 15 * 1024 * 1024;
/** @type {Photo|null} */
let chosen = null;

/**
 * Shows one of the three cards and puts the reader on its heading.
 * @param {"work"|"done"|"stop"} name
 */
function show(name) {
  for (const card of ["work", "done", "stop"]) {
    element(card).hidden = card !== name;
  }
  element({ work: "heading", done: "done-heading", stop: "stop-heading" }[name]).focus();
}

/** @param {"gone"|"cut"|"no_tries"} reason */
function stop(reason) {
  element("stop-heading").textContent = words[`${reason}_title`] ?? "";
  element("stop-text").textContent = words[`${reason}_text`] ?? "";
  show("stop");
}

/** @param {string[]} lines */
function notice(...lines) {
  const place = element("notice");
  place.replaceChildren(
    ...lines.map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    }),
  );
  // It stands above the preview, and who pressed "Send" is further down; the buttons below it have to be in sight.
  if (lines.length > 0) {
    place.scrollIntoView({ block: "start" });
  }
}

/**
 * Shows the buttons that fit: without a photo take or pick one, with one send it or choose anew.
 * @param {boolean} ready a photo can be sent as it is
 */
function offer(ready) {
  element("busy").hidden = true;
  element("actions").hidden = false;
  element("tip").hidden = chosen !== null;
  element("send").hidden = !ready;
  element("preview").hidden = !chosen;
  element("check-hint").hidden = chosen !== null;
  element("take-label").classList.toggle("primary", !ready);
  element("take-text").textContent = (chosen ? words.retake : words.take) ?? "";
  element("pick-text").textContent = (chosen ? words.repick : words.pick) ?? "";
}

/**
 * @param {string|undefined} text
 * @param {number} [share] 0 to 1; without it the bar only says that something goes on
 */
function busy(text, share) {
  element("actions").hidden = true;
  element("tip").hidden = true;
  if (element("busy").hidden) {
    element("busy").hidden = false;
    element("busy").scrollIntoView({ block: "nearest" });
  }
  if (element("step").textContent !== text) {
    element("step").textContent = text ?? "";
  }
  if (share === undefined) {
    bar.removeAttribute("value");
  } else {
    bar.value = Math.round(share * 100);
  }
}

/** @param {File} file */
async function choose(file) {
  notice();
  chosen = null;
  if (picture.src) {
    URL.revokeObjectURL(picture.src);
    picture.removeAttribute("src");
  }
  if (file.size === 0) {
    offer(false);
    return notice(words.empty ?? "");
  }
  const photo = await prepare(file, maxBytes);
  if (!photo) {
    offer(false);
    return notice(words.not_picture ?? "");
  }
  if (photo.bytes.size > maxBytes) {
    offer(false);
    return notice(words.too_large ?? "");
  }
  chosen = photo;
  if (photo.shown) {
    picture.src = URL.createObjectURL(file);
  }
  picture.hidden = !photo.shown;
  element("no-picture").hidden = photo.shown;
  offer(true);
  element("send").focus();
}

/**
 * @param {Blob} bytes
 * @param {boolean} shrunk a larger version follows, should no code be found
 * @param {string|undefined} text
 */
async function deliver(bytes, shrunk, text) {
  busy(words.preparing);
  // Lets the browser paint before the encryption, which may keep an old phone busy for a second.
  await new Promise((resolve) => setTimeout(resolve, 30));
  const sealed = await /** @type {import("./seal.js").LinkKey} */ (key).sealPhoto(
    new Uint8Array(await bytes.arrayBuffer()),
  );
  busy(text, 0);
  return upload(sealed, shrunk, (share) => {
    if (share === null) {
      busy(words.reconnecting);
    } else {
      busy(share < 1 ? text : words.reading, share);
    }
  });
}

async function send() {
  if (!chosen) {
    return;
  }
  notice();
  const { bytes, larger } = chosen;
  try {
    let answer = await deliver(bytes, larger !== null, words.sending);
    if (larger && answer.state === "unreadable" && answer.problem === "noCodeFound" && answer.triesLeft > 0) {
      const all = await larger();
      if (all) {
        answer = await deliver(all, false, words.resending);
      }
    }
    if (answer.state === "read") {
      URL.revokeObjectURL(picture.src);
      return show("done");
    }
    if (answer.triesLeft === 0) {
      return stop("no_tries");
    }
    offer(answer.state === "again");
    notice(
      words[`p_${answer.problem}`] ?? words.p_noCodeFound ?? "",
      (words.tries_left ?? "").replace("{n}", String(answer.triesLeft)),
    );
  } catch (problem) {
    failed(problem);
  }
}

/** @param {unknown} problem */
function failed(problem) {
  const name = problem instanceof Trouble ? problem.name : "failed";
  if (name === "gone") {
    return stop("gone");
  }
  offer(chosen !== null);
  notice(words[name === "tooLarge" ? "too_large" : name] ?? words.failed ?? "");
}

async function start() {
  if (!key) {
    return stop("cut");
  }
  try {
    const opened = await open();
    maxBytes = opened.maxBytes;
    const name = await key.openName(Uint8Array.from(atob(opened.name), (letter) => letter.charCodeAt(0)));
    if (name) {
      element("lead").textContent = (words.lead_portal ?? "").replace("{portal}", () => name);
    }
    setTimeout(expire, opened.secondsLeft * 1000);
    notice();
  } catch (problem) {
    if (!(problem instanceof Trouble)) {
      return stop("cut");
    }
    if (problem.name === "gone") {
      return stop("gone");
    }
    notice((problem.name === "offline" ? words.offline_start : words[problem.name]) ?? words.failed ?? "");
    setTimeout(start, 3000);
  }
  element("word").textContent = key.checkWord;
  if (element("work").hidden) {
    show("work");
  }
}

/** Says so when the link runs out while the page waits for a photo; a photo on its way may arrive. */
function expire() {
  if (!element("work").hidden && element("busy").hidden) {
    stop("gone");
  }
}

for (const input of inputs) {
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    // So that the same file, changed or taken anew, counts as a change.
    if (file) {
      await choose(file);
      input.value = "";
    }
  });
}
element("send").addEventListener("click", send);
await start();
