/** What the bundler makes of the worker: the address of its script. */
declare module '*?worker&url' {
  const url: string;
  export default url;
}

/** And of the WebAssembly. */
declare module '*.wasm?url' {
  const url: string;
  export default url;
}
