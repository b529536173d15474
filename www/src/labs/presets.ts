/** A worked state of a lab; its name stands in the catalogues, in `later/presets.json`. */
export interface Preset {
  id: string;
  /** As a visitor may type it: what it does not say has its default. */
  address: string;
}
