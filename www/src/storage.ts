/** Short notes from visit to visit. */
type Notes = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export const storage = {
  /** Throws where the browser refuses its storage. */
  notes: (): Notes => localStorage,
};
