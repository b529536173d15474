import type { Messages } from './en.ts';

/** What a site lacks, in Simplified Chinese. */
export const site: Messages['site'] = {
  absent: {
    vae: '此站点没有 VAE：隐变量、解码图像及其间的插值都需要它。',
    ddpm: '此站点没有扩散模型：采样链及其下界都需要它。',
    elbo: '此站点没有可以为图像评分的模型。',
  },
  failed: '模型未能加载，原因见上方。',
  down: '运行此模型的 Worker 多次崩溃，已停止。',
  noBound: {
    encoder: '此模型只有解码器：没有 q(z|x)，也就没有下界。',
    posterior: '此模型是自编码器：编码器不给出 q(z|x)，也就没有下界。',
  },
  refused: (reason) => `此模型未能加载。${reason}`,
  problem: (id, reason) => `模型 ${id} 未被采用：${reason}`,
  trainedOn: (datasets) => `此站点的模型训练于：${datasets}。`,
  mnist: 'MNIST 由 Y. LeCun、C. Cortes 和 C. Burges 制作，CC BY-SA 3.0。',
  fashion: 'Fashion-MNIST 由 Zalando SE 制作，MIT 许可证。',
};
