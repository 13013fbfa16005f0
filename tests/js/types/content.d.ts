// Types of the content scripts' namespaces: plain scripts have no exports to carry them.

export interface Evidence { sign: string; weight: number; detail: string }
export interface Field { inputs: HTMLInputElement[]; segmented: boolean; covered: boolean }
export interface Verdict {
  id?: string; field: Field; kind: string; score: number; evidence: Evidence[]; label: string; block: Element;
}
export interface Prompt {
  id: string; kind: string; score: number; digits: number | null; segmented: boolean; userTyped: boolean; evidence: Evidence[];
}
export interface PageState {
  prompt: Prompt | null; password: boolean; error: "refused" | "locked" | null; errorText: string; path: string; loading: boolean;
}
export interface Watcher {
  start(): void; stop(): void; schedule(): void; plan(): void; watchAttributes(wanted: boolean): void;
  waitFor(inputs: HTMLInputElement[]): void; consider(element: Element): number;
}
export interface Surroundings { text: string; actions: string[]; graphics: Element[]; links: string[]; cut: boolean }

declare global {
  interface Found { category: string; at: number; length: number; text: string }
  interface Findings {
    text: string; has(category: string): boolean; first(category: string): string; all(category: string): Found[];
    near(one: string, other: string, distance: number): string;
  }
  interface Auto2faContent {
    text: { fold(text: string): string; nameTokens(name: string): string; prepare(): void; read(text: string): Findings };
    words: Record<string, Record<string, string>>;
    meaning: { read(text: string): Findings };
    asked: { read(raw: string, words: Findings): { raw: string; words: Findings; way: string; sure: boolean; conditional: boolean; bare: boolean } };
    dom: {
      addShadowRoot(shadow: ShadowRoot): boolean; shadowOf(element: Element): ShadowRoot | null; roots(): (Document | ShadowRoot)[]; findAll(selector: string): Element[];
      inputs(): HTMLInputElement[]; allInputs(): Iterable<HTMLInputElement>; asksForCode(input: HTMLInputElement): boolean; takesText(input: HTMLInputElement): boolean; parentOf(element: Element): Element | null; isRendered(element: Element): boolean;
      visibility(element: Element): "shown" | "covered" | "hidden"; hasMore(tag: string, count: number): boolean; tidy(text: string | null | undefined, limit?: number): string;
      referenced(element: Element, attribute: string): string; labelOf(input: HTMLInputElement): string;
      surroundings(container: Element | ShadowRoot, own: Set<Element>, limit: { chars: number; nodes: number }): Surroundings;
      blockOf(group: HTMLInputElement[], rivals: Set<Element>, chars: number): { block: Element; around: Surroundings };
      isAction(element: Element): boolean;
    };
    signs: {
      table: Readonly<Record<string, { weight: number; kind?: string }>>; names: [string, RegExp][];
      labels: [string, string, boolean][]; optOutMarks: [string, RegExp][];
      limits: { prompt: number; cap: number; codeLike: number; setup: number; label: number };
    };
    fields: {
      collect(all: Iterable<HTMLInputElement>, taught: (input: HTMLInputElement) => boolean): { fields: Field[]; waiting: HTMLInputElement[] };
      digitsOf(field: Field): number | null; hinted(input: HTMLInputElement): boolean; anyHinted(inputs: HTMLInputElement[], byLabel: boolean): boolean;
    };
    verdict: { judge(field: Field, context: any): Verdict; sum(items: Evidence[]): number; asked(text: Findings, category: string): Found[] };
    kinds: { decide(evidence: any): string; isQr(graphic: Element): 0 | 1 | 2 };
    page: {
      look(taughtOf: (field: Field) => "here" | "nothere" | null): {
        verdicts: Verdict[]; best: Verdict | null; waiting: HTMLInputElement[]; codeLike: boolean;
      };
      toPrompt(verdict: Verdict, userTyped: boolean): Prompt;
    };
    fill: {
      append(field: Field, code: string): Promise<{ ok: boolean; method: "value" | "paste" | "typing" | "none"; readBack: string; left: boolean; why: string }>;
      fill(field: Field, code: string): Promise<{ ok: boolean; method: "value" | "paste" | "typing" | "none"; readBack: string; left: boolean; why: string }>;
      noteTyped(input: HTMLInputElement): void; userTyped(field: Field): boolean; isLeft(field: Field): boolean;
      press(input: HTMLInputElement, type: string, key: string): boolean; read(field: Field): string;
    };
    submit: {
      ready(field: Field): { button: Element; text: string; busy: boolean } | null;
      submit(field: Field, sent: () => boolean, ready: { button: Element; text: string; busy: boolean } | null): Promise<"clicked" | "self" | "none">; tickRemember(block: Element): void;
      buttonFor(field: Field): Element | null;
    };
    method: { find(otherPrompt: boolean, likely: boolean): { choice: Element; text: string } | null; choose(found: { choice: Element; text: string }): void };
    outcome: { mark(block: Element): void; read(shown: { prompt: boolean; password: boolean; block: Element | null }): { error: "refused" | "locked" | null; errorText: string } };
    teach: { match(field: Field, taught: any): "here" | "nothere" | null; add(taught: any, field: Field, how: "here" | "nothere"): any };
    watch: { make(what: { check(changed: boolean, inputs: HTMLInputElement[] | null): boolean; look(): void }): Watcher };
    main: { alive(): boolean; stop(): void } | undefined;
    setup: { alive(): boolean; start(): void; stop(): void } | undefined;
  }
  // eslint-disable-next-line no-var
  var auto2fa: Auto2faContent;
}
