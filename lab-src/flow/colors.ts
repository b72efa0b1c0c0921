/** A color of the palette, for styles: stages/stageColors.ts says which stage has which. */
export function paletteColor(color: number): string {
  return `var(--jp-mlcode-palette-${color})`;
}
