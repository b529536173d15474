/**
 * The page's policy turns addresses of scripts away unless they come through here (Trusted Types): workers are started from the page's
 * own files only, whoever starts them.
 */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };

trustedTypes?.createPolicy('default', {
  createScriptURL(url) {
    const { origin, href } = new URL(url, location.href);
    if (origin !== location.origin) throw new TypeError(`${href} is not a script of this site`);
    return href;
  },
});
