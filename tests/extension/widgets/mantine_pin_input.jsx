import { MantineProvider, PinInput } from "@mantine/core";
import { createElement as h } from "react";
import { createRoot } from "react-dom/client";

createRoot(document.getElementById("app")).render(
  h(MantineProvider, null, h(PinInput, {
    length: 6, type: "number", oneTimeCode: true, styles: { input: { width: 40, height: 44 }, root: { display: "flex" } },
    onChange: (code) => { window.accepted = code; },
  })));
