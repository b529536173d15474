declare module 'virtual:crate-functions' {
  const functions: Readonly<Record<string, import('../../vite/crate.ts').CrateFunction>>;
  export default functions;
}
