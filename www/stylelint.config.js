/** Style sheets and the style blocks of components. */
export default {
  extends: ['stylelint-config-standard'],
  overrides: [{ files: ['**/*.svelte'], extends: ['stylelint-config-html/svelte'] }],
  reportDescriptionlessDisables: true,
  reportNeedlessDisables: true,
  rules: {
    'selector-pseudo-class-no-unknown': [true, { ignorePseudoClasses: ['global'] }],
    // Related rules stand together; Prettier keeps the blank lines that are there.
    'at-rule-empty-line-before': null,
    'comment-empty-line-before': null,
    'custom-property-empty-line-before': null,
    'declaration-empty-line-before': null,
    'rule-empty-line-before': null,
    // A state stands with the element that has it, not sorted by specificity.
    'no-descending-specificity': null,
    // The contrast test reads the palette as six digits.
    'color-hex-length': 'long',
    'media-feature-range-notation': 'prefix',
    'value-keyword-case': ['lower', { ignoreProperties: ['--font', '--mono'] }],
    // Safari knows no other spelling of it.
    'property-no-vendor-prefix': [
      true,
      { ignoreProperties: ['text-size-adjust', '-webkit-text-size-adjust'] },
    ],
  },
};
