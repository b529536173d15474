/** The catalogues as vite/messages/plugin.ts serves them, one part in one language. */
declare module 'virtual:texts/page/*' {
  const texts: import('./catalogue.ts').Messages;
  export default texts;
}
declare module 'virtual:texts/bench/*' {
  const texts: import('./catalogue.ts').Bench;
  export default texts;
}
declare module 'virtual:texts/presets/*' {
  const texts: import('./catalogue.ts').Presets;
  export default texts;
}
declare module 'virtual:texts/manual/*' {
  const texts: import('./catalogue.ts').Manual;
  export default texts;
}
