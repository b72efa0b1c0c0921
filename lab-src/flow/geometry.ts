/** A box to place; its size is that of its text. */
export interface IBoxSize {
  readonly id: string;
  readonly width: number;
}

/** A line to draw from one box to another, with room for its label. */
export interface ILineSize {
  readonly source: string;
  readonly target: string;
  readonly labelWidth: number;
}

export interface IPoint {
  readonly x: number;
  readonly y: number;
}

/** A placed box or label: its middle and size. */
export interface IBox extends IPoint {
  readonly width: number;
  readonly height: number;
}

export interface ILine {
  readonly source: string;
  readonly target: string;
  readonly points: ReadonlyArray<IPoint>;
  readonly label: IBox;
}

export interface ILayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, IBox>;
  readonly lines: ReadonlyArray<ILine>;
}

export const BOX_HEIGHT = 40;
export const LABEL_HEIGHT = 16;
export const MARGIN = 16;
