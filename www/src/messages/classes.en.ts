/** The classes that a diffusion model is given, in English: digits, or whatever the manifest calls them. */
const digits = {
  label: 'Digit',
  any: 'Any',
  none: 'none',
  givenLabel: 'Given digit',
  unconditional: 'no digit given',
  given: (label: string) => `given digit ${label}`,
  guidanceNeeds: 'Guidance needs a digit.',
  guidanceDoes:
    'At 0 the chain samples the model as it is. More guidance makes digits clearer and less varied, at two evaluations a step.',
  which: 'Which digit is it?',
  lead: 'The diffusion model’s bound given each digit, all with the same noise, turned into a posterior.',
  perClass: 'Evaluations per digit',
  posterior: 'Posterior over digits',
};

export const classes = {
  digits,
  named: {
    label: 'Class',
    any: 'Any',
    none: 'none',
    givenLabel: 'Given class',
    unconditional: 'no class given',
    given: (label: string) => `given class ${label}`,
    guidanceNeeds: 'Guidance needs a class.',
    guidanceDoes:
      'At 0 the chain samples the model as it is. More guidance makes classes clearer and less varied, at two evaluations a step.',
    which: 'Which class is it?',
    lead: 'The diffusion model’s bound given each class, all with the same noise, turned into a posterior.',
    perClass: 'Evaluations per class',
    posterior: 'Posterior over classes',
  } satisfies typeof digits,
};
