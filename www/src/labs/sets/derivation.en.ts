/** The derivation of the data set lab in English. */
import type { DerivationText } from '../derivation.ts';
import type { derivation } from './derivation.ts';

export const text: DerivationText<typeof derivation> = {
  title: 'Derivation: a value for every image, and two sets compared',
  lead: 'A bound is a number for one image. Over a data set it has a distribution, and two distributions can be compared without knowing their shape.',
  symbols: {
    s: 'the value of an image',
    mean: 'the mean over images',
    images: 'the images',
    area: 'the area under the curve',
    curve: 'the ROC curve',
  },
  steps: {
    images: {
      title: 'One seed for each image',
      text: [
        'Every image has draws of its own, addressed by the seed and by its number in the set. So neither the order of the work nor the number of workers changes a bit:',
        'The spread of the values over the images holds both what differs between images and what differs between draws. The standard error of their mean is that of as many other images with other draws:',
      ],
    },
    apart: {
      title: 'How well a value tells two sets apart',
      text: [
        'Call an image positive if its value is at least $c$. As $c$ falls, the shares of both sets that are called so go from 0 to 1:',
        'The area under this curve is the probability that an image of the first set has the higher value, one half for ties. Ranks give it without going through all pairs:',
        'The pairs are not independent, for each image is in many. DeLong’s standard error takes the spread of both samples’ placements:',
      ],
      wrong:
        'which does not follow: a model can give simple images of another kind, such as blank ones, higher values than those that it was trained on (Nalisnick et al. 2019). An area far below one half is as telling as one far above.',
    },
  },
};
