/** The share menu. */
export const share = {
  button: 'Share',
  open: (title: string) => `Share “${title}”`,
  title: (title: string) => `Share: ${title}`,
  unreachable: 'The menu could not be fetched. Try again once you are online.',
  close: 'Close',
  cancel: 'Cancel',
  copy: 'Copy',
  copyLink: 'Copy link',
  copyEmbed: 'Copy code for a frame',
  whole: 'Open in ELBO Room',
  copyAs: (kind: string) => `Copy ${kind}`,
  groups: {
    link: 'Link to this state',
    picture: 'Picture',
    strip: 'Film strip',
    film: 'Animation',
    chart: 'Chart',
    table: 'Numbers',
    code: 'Code',
  },
  languages: { python: 'Python', javascript: 'JavaScript' },
  filmNote: 'At most 120 frames.',
  enlarged: (factor: number) =>
    factor === 1
      ? 'Each value one pixel'
      : `Each value ${factor} × ${factor} pixels, without smoothing`,
  working: 'Making the file',
  saved: (name: string) => `Saved as ${name}.`,
  copied: 'Copied.',
  refused: 'The browser refused the clipboard. Save a file instead, or copy the address bar.',
  notYet: 'There is nothing to save yet: wait until the computation has a result.',
  tooLarge: (side: number) =>
    `This picture would have more than ${side} pixels on a side. Choose a smaller enlargement.`,
  noEncoder: 'This browser has no encoder for this kind of video. Choose GIF, or the other kind.',
  cancelled: 'Cancelled.',
  failed: (reason: string) => `The file could not be made: ${reason}`,
};
