/** Pictures of any size, in English. */
export const images = {
  size: (width: number, height: number, colour: boolean) =>
    `${width} × ${height} pixels${colour ? ', colour' : ''}`,
  format: (size: string, centred: boolean) =>
    centred
      ? `${size}; ink is centred and scaled as MNIST’s digits are.`
      : `${size}; drawings stay where they are drawn.`,
  formats: 'Prepared for models of',
  invite: 'Draw here',
  /** Beside a number: the picture is not of the model's shape. */
  resampled: (from: string, to: string) => `Resampled for this model: from ${from} to ${to}.`,
  mixed:
    'The models take pictures of different sizes: their numbers are of different pictures, not one ranking.',
  tooLarge:
    'An address cannot carry a picture of this size: after a reload, or by a link, the first example is here instead.',
};
