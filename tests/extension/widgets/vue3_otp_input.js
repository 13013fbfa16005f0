import { createApp, h, ref } from "vue";
import VOtpInput from "vue3-otp-input";

createApp({
  setup() {
    const value = ref("");
    return () => h(VOtpInput, {
      value: value.value, "onUpdate:value": (next) => { value.value = next; window.accepted = next; },
      numInputs: 6, inputClasses: "box", shouldAutoFocus: true,
      onOnComplete: (code) => { window.accepted = code; },
    });
  },
}).mount("#app");
