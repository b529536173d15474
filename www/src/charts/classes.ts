/** The colours of classes. */

/**
 * One colour for each class, bright enough for the black that digits stand on. Ten hues cannot stay apart for every eye, so classes
 * that lie side by side differ in lightness, and each carries its name (after the light scheme of Tol 2021).
 */
const COLOURS = [
  '#77aadd',
  '#eedd88',
  '#ee8866',
  '#99ddff',
  '#44bb99',
  '#ffaabb',
  '#bbcc33',
  '#dd88dd',
  '#ffffff',
  '#aaaa00',
];

export const colourOf = (index: number) => COLOURS[index % COLOURS.length] ?? '#ffffff';
