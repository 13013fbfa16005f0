// One controlled React field that accepts digits only and is drawn anew on every key.
import { createElement as h, useState } from "react";
import { createRoot } from "react-dom/client";

function App() {
  const [value, setValue] = useState("");
  window.accepted = value;
  return h("label", null, "Authentication code ",
    h("input", { value, inputMode: "numeric", onChange: (event) => setValue(event.target.value.replace(/\D/g, "").slice(0, 6)) }));
}
createRoot(document.getElementById("app")).render(h(App));
