/** Bytes as characters that need no escape in a URL's fragment (RFC 4648, section 5, without padding). */
export function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** undefined where `text` is not base64url, or stands for more than `most` bytes. */
export function fromBase64Url(text: string, most: number): Uint8Array | undefined {
  if (text.length > Math.ceil((most * 4) / 3)) return undefined;
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const raw = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
}
