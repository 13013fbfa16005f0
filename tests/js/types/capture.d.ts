/** What the scripts of extension/content/capture/ share with each other and hand to the background. */

/** In CSS pixels of the frame's own viewport. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Drawn {
  /** A data URL. */
  data: string;
  /** Where the picture stands in what was drawn, without the margin. */
  inner: Box;
  /** What that covers in the page, where it is not the element's inner box. */
  covers?: Box;
}

export interface Candidate {
  element: Element;
  kind: "image" | "canvas" | "video" | "vector" | "grid" | "blocks" | "style" | "mask";
  src: string;
  box: Box;
  pointed: boolean;
  score: number;
}

export interface Picture extends Drawn {
  box: Box;
  /** What the inner part of the drawing covers in the page; null where it is not known (backgrounds). */
  placed: Box | null;
  pointed: boolean;
  score: number;
}

export interface FrameAnswer {
  view: { width: number; height: number; zoom: number; x: number; y: number };
  offset: { x: number; y: number } | null;
  /** What the pointer is over. */
  over: Box | null;
  overFrame: Box | null;
  pictures: Picture[];
  /** Pictures that could not be drawn. */
  urls: { url: string; box: Box | null; colour: string; pointed: boolean }[];
  /** `sure`: an address, not a bare key. `hidden`: behind a “show key” that was not clicked yet. */
  texts: { text: string; sure: boolean; hidden: boolean; box: Box; pointed: boolean }[];
}

declare global {
  interface Auto2faCapture {
    where: {
      elements(): Generator<Element>;
      above(element: Element): Element | null;
      boxOf(element: Element): Box;
      textBox(element: Element): Box;
      innerBox(element: Element): Box;
      isShown(element: Element): boolean;
      isClear(colour: string): boolean;
      behind(element: Element): string;
      pointedAt(): Promise<Element | null>;
      hasCaret(box: Box): boolean | null;
      isPointed(element: Element, over: Element | null): boolean;
      offset(): { x: number; y: number } | null;
    };
    draw: {
      canvasOf(width: number, height: number, colour: string): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D };
      picture(source: CanvasImageSource, size: { width: number; height: number }, colour: string): Drawn;
      mask(source: CanvasImageSource, size: { width: number; height: number }, element: Element): Drawn;
      vector(svg: SVGSVGElement): Promise<Drawn | null>;
      loaded(src: string): Promise<HTMLImageElement>;
    };
    grids: {
      isGrid(element: Element): boolean;
      grid(element: Element): Drawn | null;
      isBlocks(element: Element): boolean;
      blocks(element: Element): Drawn;
    };
    texts: { textOf(element: Element): { text: string; sure: boolean } | null; isBehind(element: Element): boolean };
    collect(): Promise<FrameAnswer>;
    /** The address of the picture that was right-clicked, set by the background. */
    pointedSrc?: string;
    /** Firefox's number of the element that was right-clicked, set by the background. */
    pointedTarget?: number;
  }
  var auto2faCapture: Auto2faCapture;
}
