/** What a site lacks, in English. */
export const site = {
  absent: {
    vae: 'This site has no VAE: latents, decoded pictures and the way between them need one.',
    ddpm: 'This site has no diffusion model: chains and their bounds need one.',
    elbo: 'This site has no model that scores a picture.',
  },
  failed: 'The model could not be loaded; the reason stands above.',
  down: 'The worker that runs the model has crashed too often and is stopped.',
  noBound: {
    encoder: 'This model is a decoder alone: without q(z|x) there is no bound.',
    posterior:
      'This model is an autoencoder: its encoder gives no q(z|x), and so there is no bound.',
  },
  refused: (reason: string) => `This model could not be loaded. ${reason}`,
  problem: (id: string, reason: string) => `The model ${id} was left out: ${reason}`,
  trainedOn: (datasets: string) => `The models of this site were trained on: ${datasets}.`,
  mnist: 'MNIST is by Y. LeCun, C. Cortes and C. Burges, CC BY-SA 3.0.',
  fashion: 'Fashion-MNIST is by Zalando SE, MIT licence.',
};
