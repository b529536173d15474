/** A worked state of a lab; its name stands in the catalogues, in `later/presets.json`. */
export interface Preset {
  id: string;
  /** As a visitor may type it: what it does not say has its default. */
  address: string;
}

/** What a layer of a picture is filled or drawn with: a grey level in two hexadecimal digits, or a class of the page's. */
export type Paint = string;

/** What a worked state shows, small: paths in the box of `PICTURE`, those behind others first. `presetPicture.ts` of each lab draws them. */
export type PresetPicture = readonly (readonly [paint: Paint, path: string])[];

/** By the ids of worked states. */
export type PresetPictures = Readonly<Record<string, PresetPicture>>;

export const PICTURE = { width: 56, height: 28 } as const;
