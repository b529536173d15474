/** The bundler replaces the import of the worker by the address of its script. */
declare module '*?worker&url' {
  const url: string;
  export default url;
}

/** And the import of the WebAssembly by its address. */
declare module '*.wasm?url' {
  const url: string;
  export default url;
}
