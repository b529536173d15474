/** What catalogues ask of a language: the plural category of a number. */
const known = new Map<string, Intl.PluralRules>();

export function category(
  language: string,
  count: number,
  type: Intl.PluralRuleType = 'cardinal',
): Intl.LDMLPluralRule {
  const key = `${language} ${type}`;
  const rules = known.get(key) ?? new Intl.PluralRules(language, { type });
  known.set(key, rules);
  return rules.select(count);
}
