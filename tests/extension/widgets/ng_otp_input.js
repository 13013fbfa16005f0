// Angular's most used boxes, in an application that is compiled in the browser.
import "@angular/compiler";
import { Component } from "@angular/core";
import { FormControl } from "@angular/forms";
import { bootstrapApplication } from "@angular/platform-browser";
import { NgOtpInputComponent } from "ng-otp-input";

class App {
  constructor() {
    this.control = new FormControl("");
    this.config = { length: 6, allowNumbersOnly: true };
    this.control.valueChanges.subscribe((code) => { window.accepted = code; });
  }
}
const Root = Component({
  selector: "ng-root", standalone: true, imports: [NgOtpInputComponent],
  template: "<ng-otp-input [formCtrl]='control' [config]='config'></ng-otp-input>",
})(App) ?? App;
document.getElementById("app").innerHTML = "<ng-root></ng-root>";
bootstrapApplication(Root);
