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
  probability: 'Probability, if it is a digit',
  beyond: (models: string) =>
    `If it is a digit at all: the picture’s ELBO is lower than that of every test image, by ${models}. What the picture is, these models cannot tell.`,
  rare: (models: string) =>
    `If it is a digit at all: fewer than 1 in 100 test images have an ELBO as low, by ${models}.`,
  pending: 'Whether the picture is like the test images is still being computed.',
  within: (models: string) =>
    `The picture’s ELBO is as high as those of test images, by ${models}. That does not make it a digit: a letter of the same strokes can have it, too, and the model is only asked which of ten digits it would be.`,
  untested:
    'No model here has been scored on test images: whether this is a digit at all is not known.',
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
    probability: 'Probability, if it is of one of the classes',
    beyond: (models: string) =>
      `If it is of one of the classes at all: the picture’s ELBO is lower than that of every test image, by ${models}. What the picture is, these models cannot tell.`,
    rare: (models: string) =>
      `If it is of one of the classes at all: fewer than 1 in 100 test images have an ELBO as low, by ${models}.`,
    pending: 'Whether the picture is like the test images is still being computed.',
    within: (models: string) =>
      `The picture’s ELBO is as high as those of test images, by ${models}. That does not put it into one of the classes: other pictures of the same shapes can have it, too, and the model is only asked which of its classes it would be.`,
    untested:
      'No model here has been scored on test images: whether this is of one of the classes at all is not known.',
  } satisfies typeof digits,
  /** A class by its name in the manifest: what models of well-known data sets call theirs has a translation. */
  nameOf: (name: string): string => name,
};
