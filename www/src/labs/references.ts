/** What the derivations rest on. */
export interface Reference {
  authors: string;
  title: string;
  year: number;
  venue: string;
  url: string;
}

const arxiv = (id: string) => `https://arxiv.org/abs/${id}`;

export const REFERENCES = {
  mann1947: {
    authors: 'H. B. Mann, D. R. Whitney',
    title:
      'On a test of whether one of two random variables is stochastically larger than the other',
    year: 1947,
    venue: 'Annals of Mathematical Statistics 18',
    url: 'https://doi.org/10.1214/aoms/1177730491',
  },
  delong1988: {
    authors: 'E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson',
    title:
      'Comparing the areas under two or more correlated receiver operating characteristic curves',
    year: 1988,
    venue: 'Biometrics 44',
    url: 'https://doi.org/10.2307/2531595',
  },
  jordan1999: {
    authors: 'M. I. Jordan, Z. Ghahramani, T. S. Jaakkola, L. K. Saul',
    title: 'An introduction to variational methods for graphical models',
    year: 1999,
    venue: 'Machine Learning 37',
    url: 'https://doi.org/10.1023/A:1007665907178',
  },
  bishop2006: {
    authors: 'C. M. Bishop',
    title: 'Pattern recognition and machine learning',
    year: 2006,
    venue: 'Springer, chapter 10',
    url: 'https://www.microsoft.com/en-us/research/people/cmbishop/prml-book/',
  },
  hesterberg1995: {
    authors: 'T. Hesterberg',
    title: 'Weighted average importance sampling and defensive mixture distributions',
    year: 1995,
    venue: 'Technometrics 37',
    url: 'https://doi.org/10.1080/00401706.1995.10484303',
  },
  vehtari2024: {
    authors: 'A. Vehtari, D. Simpson, A. Gelman, Y. Yao, J. Gabry',
    title: 'Pareto smoothed importance sampling',
    year: 2024,
    venue: 'Journal of Machine Learning Research 25(72)',
    url: 'https://www.jmlr.org/papers/v25/19-556.html',
  },
  owen2013: {
    authors: 'A. B. Owen',
    title: 'Monte Carlo theory, methods and examples',
    year: 2013,
    venue: 'online book, chapter 9',
    url: 'https://artowen.su.domains/mc/',
  },
  kingma2014: {
    authors: 'D. P. Kingma, M. Welling',
    title: 'Auto-encoding variational Bayes',
    year: 2014,
    venue: 'ICLR',
    url: arxiv('1312.6114'),
  },
  rezende2014: {
    authors: 'D. J. Rezende, S. Mohamed, D. Wierstra',
    title: 'Stochastic backpropagation and approximate inference in deep generative models',
    year: 2014,
    venue: 'ICML',
    url: arxiv('1401.4082'),
  },
  ranganath2014: {
    authors: 'R. Ranganath, S. Gerrish, D. M. Blei',
    title: 'Black box variational inference',
    year: 2014,
    venue: 'AISTATS',
    url: arxiv('1401.0118'),
  },
  sohl2015: {
    authors: 'J. Sohl-Dickstein, E. A. Weiss, N. Maheswaranathan, S. Ganguli',
    title: 'Deep unsupervised learning using nonequilibrium thermodynamics',
    year: 2015,
    venue: 'ICML',
    url: arxiv('1503.03585'),
  },
  burda2016: {
    authors: 'Y. Burda, R. Grosse, R. Salakhutdinov',
    title: 'Importance weighted autoencoders',
    year: 2016,
    venue: 'ICLR',
    url: arxiv('1509.00519'),
  },
  theis2016: {
    authors: 'L. Theis, A. van den Oord, M. Bethge',
    title: 'A note on the evaluation of generative models',
    year: 2016,
    venue: 'ICLR',
    url: arxiv('1511.01844'),
  },
  sonderby2016: {
    authors: 'C. K. Sønderby, T. Raiko, L. Maaløe, S. K. Sønderby, O. Winther',
    title: 'Ladder variational autoencoders',
    year: 2016,
    venue: 'NeurIPS',
    url: arxiv('1602.02282'),
  },
  kingma2016: {
    authors: 'D. P. Kingma, T. Salimans, R. Jozefowicz, X. Chen, I. Sutskever, M. Welling',
    title: 'Improved variational inference with inverse autoregressive flow',
    year: 2016,
    venue: 'NeurIPS',
    url: arxiv('1606.04934'),
  },
  white2016: {
    authors: 'T. White',
    title: 'Sampling generative networks',
    year: 2016,
    venue: 'arXiv',
    url: arxiv('1609.04468'),
  },
  blei2017: {
    authors: 'D. M. Blei, A. Kucukelbir, J. D. McAuliffe',
    title: 'Variational inference: a review for statisticians',
    year: 2017,
    venue: 'Journal of the American Statistical Association 112',
    url: arxiv('1601.00670'),
  },
  salimans2017: {
    authors: 'T. Salimans, A. Karpathy, X. Chen, D. P. Kingma',
    title:
      'PixelCNN++: improving the PixelCNN with discretized logistic mixture likelihood and other modifications',
    year: 2017,
    venue: 'ICLR',
    url: arxiv('1701.05517'),
  },
  roeder2017: {
    authors: 'G. Roeder, Y. Wu, D. K. Duvenaud',
    title:
      'Sticking the landing: simple, lower-variance gradient estimators for variational inference',
    year: 2017,
    venue: 'NeurIPS',
    url: arxiv('1703.09194'),
  },
  loaiza2019: {
    authors: 'G. Loaiza-Ganem, J. P. Cunningham',
    title: 'The continuous Bernoulli: fixing a pervasive error in variational autoencoders',
    year: 2019,
    venue: 'NeurIPS',
    url: arxiv('1907.06845'),
  },
  nalisnick2019: {
    authors: 'E. Nalisnick, A. Matsukawa, Y. W. Teh, D. Gorur, B. Lakshminarayanan',
    title: 'Do deep generative models know what they don’t know?',
    year: 2019,
    venue: 'ICLR',
    url: arxiv('1810.09136'),
  },
  nalisnick2019b: {
    authors: 'E. Nalisnick, A. Matsukawa, Y. W. Teh, B. Lakshminarayanan',
    title: 'Detecting out-of-distribution inputs to deep generative models using typicality',
    year: 2019,
    venue: 'arXiv',
    url: arxiv('1906.02994'),
  },
  serra2020: {
    authors: 'J. Serrà, D. Álvarez, V. Gómez, O. Slizovskaia, J. F. Núñez, J. Luque',
    title:
      'Input complexity and out-of-distribution detection with likelihood-based generative models',
    year: 2020,
    venue: 'ICLR',
    url: arxiv('1909.11480'),
  },
  ho2020: {
    authors: 'J. Ho, A. Jain, P. Abbeel',
    title: 'Denoising diffusion probabilistic models',
    year: 2020,
    venue: 'NeurIPS',
    url: arxiv('2006.11239'),
  },
  kingma2021: {
    authors: 'D. P. Kingma, T. Salimans, B. Poole, J. Ho',
    title: 'Variational diffusion models',
    year: 2021,
    venue: 'NeurIPS',
    url: arxiv('2107.00630'),
  },
  rybkin2021: {
    authors: 'O. Rybkin, K. Daniilidis, S. Levine',
    title: 'Simple and effective VAE training with calibrated decoders',
    year: 2021,
    venue: 'ICML',
    url: arxiv('2006.13202'),
  },
  nichol2021: {
    authors: 'A. Nichol, P. Dhariwal',
    title: 'Improved denoising diffusion probabilistic models',
    year: 2021,
    venue: 'ICML',
    url: arxiv('2102.09672'),
  },
  song2021: {
    authors: 'J. Song, C. Meng, S. Ermon',
    title: 'Denoising diffusion implicit models',
    year: 2021,
    venue: 'ICLR',
    url: arxiv('2010.02502'),
  },
  morningstar2021: {
    authors: 'W. R. Morningstar, S. M. Vikram, C. Ham, A. Gallagher, J. V. Dillon',
    title: 'Automatic differentiation variational inference with mixtures',
    year: 2021,
    venue: 'AISTATS',
    url: arxiv('2003.01687'),
  },
  ho2022: {
    authors: 'J. Ho, T. Salimans',
    title: 'Classifier-free diffusion guidance',
    year: 2022,
    venue: 'arXiv',
    url: arxiv('2207.12598'),
  },
  luo2022: {
    authors: 'C. Luo',
    title: 'Understanding diffusion models: a unified perspective',
    year: 2022,
    venue: 'arXiv',
    url: arxiv('2208.11970'),
  },
  li2023: {
    authors: 'A. C. Li, M. Prabhudesai, S. Duggal, E. Brown, D. Pathak',
    title: 'Your diffusion model is secretly a zero-shot classifier',
    year: 2023,
    venue: 'ICCV',
    url: arxiv('2303.16203'),
  },
  efron2011: {
    authors: 'B. Efron',
    title: 'Tweedie’s formula and selection bias',
    year: 2011,
    venue: 'Journal of the American Statistical Association 106',
    url: 'https://doi.org/10.1198/jasa.2011.tm11181',
  },
  vincent2011: {
    authors: 'P. Vincent',
    title: 'A connection between score matching and denoising autoencoders',
    year: 2011,
    venue: 'Neural Computation 23',
    url: 'https://doi.org/10.1162/NECO_a_00142',
  },
  szekely2013: {
    authors: 'G. J. Székely, M. L. Rizzo',
    title: 'Energy statistics: a class of statistics based on distances',
    year: 2013,
    venue: 'Journal of Statistical Planning and Inference 143',
    url: 'https://doi.org/10.1016/j.jspi.2013.03.018',
  },
  songSde2021: {
    authors: 'Y. Song, J. Sohl-Dickstein, D. P. Kingma, A. Kumar, S. Ermon, B. Poole',
    title: 'Score-based generative modeling through stochastic differential equations',
    year: 2021,
    venue: 'ICLR',
    url: arxiv('2011.13456'),
  },
  karras2022: {
    authors: 'T. Karras, M. Aittala, T. Aila, S. Laine',
    title: 'Elucidating the design space of diffusion-based generative models',
    year: 2022,
    venue: 'NeurIPS',
    url: arxiv('2206.00364'),
  },
  kong2023: {
    authors: 'X. Kong, R. Brekelmans, G. Ver Steeg',
    title: 'Information-theoretic diffusion',
    year: 2023,
    venue: 'ICLR',
    url: arxiv('2302.03792'),
  },
} as const satisfies Record<string, Reference>;

export type ReferenceId = keyof typeof REFERENCES;

/** As the text names it: `Ho & Salimans 2022`. */
export function citation(
  { authors, year }: Reference,
  etAl: (values: { first: string }) => string,
): string {
  const names = authors.split(', ').map((author) => author.replace(/^([A-Z][.-] ?)+/, ''));
  const [first = '', second] = names;
  const who =
    names.length > 2 ? etAl({ first }) : second === undefined ? first : `${first} & ${second}`;
  return `${who} ${year}`;
}
