import { PinInputInput, PinInputRoot } from "reka-ui";
import { createApp, h, ref } from "vue";

createApp({
  setup() {
    const code = ref([]);
    return () => h(PinInputRoot, {
      modelValue: code.value, otp: true, type: "number", style: "display: flex",
      "onUpdate:modelValue": (next) => { code.value = next; window.accepted = next.join(""); },
    }, () => Array.from({ length: 6 }, (_, index) => h(PinInputInput, { key: index, index, style: "width: 40px; height: 44px" })));
  },
}).mount("#app");
