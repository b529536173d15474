/** The pictures of a lab's worked states by their ids, as vite/pictures/plugin.ts serves them. */
declare module 'virtual:preset-pictures/*' {
  const pictures: Readonly<Record<string, import('./presets.ts').PresetPicture>>;
  export default pictures;
}
