/** The pictures of a lab's worked states by their ids, as vite/pictures/plugin.ts serves them. */
declare module 'virtual:preset-pictures/*' {
  const pictures: import('./presets.ts').PresetPictures;
  export default pictures;
}
