import { createElement as h } from "react";
import { createRoot } from "react-dom/client";
import VerificationInput from "react-verification-input";

function App() {
  return h(VerificationInput, { length: 6, validChars: "0-9", onChange: (code) => { window.accepted = code; } });
}
createRoot(document.getElementById("app")).render(h(App));
