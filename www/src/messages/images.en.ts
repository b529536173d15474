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
  /** Of a picture that is too large for an address. */
  keeping: {
    browser:
      'An address cannot carry a picture of this size: it is kept in this browser, where this address shows it. Elsewhere the first example is here instead.',
    page: 'An address cannot carry a picture of this size, and this browser has no room to keep it: after a reload, or by a link, the first example is here instead.',
  },
  lost: 'The picture of this address is too large for an address, and not in this browser: upload it again. The first example is here instead.',
  placing: {
    label: 'Place in the image',
    options: { kept: 'As it is', centred: 'Centred' },
    unknown: (size: string) => `${size}.`,
    standard: (size: string) =>
      `${size}; the ink is light on black, centred and scaled as MNIST’s digits are.`,
    kept: (size: string, faults: string) => `${size}, kept as it is. Not as in MNIST: ${faults}.`,
    range: (ground: number, peak: number) =>
      `its levels go from ${ground} (ground) to ${peak}, MNIST’s from 0 to 255`,
    offset: (pixels: string) => `its ink is ${pixels} pixels off the middle`,
    length: (pixels: number) => `its ink is ${pixels} pixels long, MNIST’s 20`,
    twoLevels: 'it has two levels only, no grey',
  },
  altered:
    'This browser changes the levels of pictures by next to nothing, as a protection against recognition: numbers may differ in their last digits.',
  crop: {
    title: 'Crop the picture',
    again: 'Crop',
    lead: 'Put the frame around the digit.',
    leadSeveral:
      'There are several digits in this picture: choose one, or put the frame around it.',
    leadShapeless: 'No digit stands out in this picture: put the frame closely around one.',
    frame: 'Frame',
    keys: 'Drag the frame or its corners, or draw a new one. By keyboard: arrow keys move the frame, with Shift its lower right corner; with Alt in finer steps.',
    place: (x: number, y: number, width: number, height: number) =>
      `Frame at ${x}, ${y}; ${width} × ${height} pixels.`,
    region: (index: number) => `Digit ${index}`,
    result: 'What is found',
    found: 'One digit.',
    several: 'Several digits: make the frame smaller.',
    shapeless: 'No digit stands out here. Try another frame, or take it as it is.',
    blank: 'The frame has nearly one colour: nothing is in it.',
    take: 'Use this digit',
    takeFrame: 'Use this part',
    whole: 'Use the frame as it is',
    cancel: 'Cancel',
  },
};
