import type { Messages } from './en.ts';

/** Of Fashion-MNIST; names of other classes stay as they are. */
const NAMES = new Map([
  ['T-shirt/top', 'T 恤/上衣'],
  ['Trouser', '裤子'],
  ['Pullover', '套头衫'],
  ['Dress', '连衣裙'],
  ['Coat', '外套'],
  ['Sandal', '凉鞋'],
  ['Shirt', '衬衫'],
  ['Sneaker', '运动鞋'],
  ['Bag', '包'],
  ['Ankle boot', '短靴'],
]);

/** The classes that a diffusion model is given, in Simplified Chinese. */
export const classes: Messages['classes'] = {
  digits: {
    label: '数字',
    any: '任意',
    none: '无',
    givenLabel: '给定数字',
    unconditional: '不给定数字',
    given: (label) => `给定数字 ${label}`,
    guidanceNeeds: '要使用引导，须先选定数字。',
    guidanceDoes:
      '取 0 时，采样链忠实于模型本身；权重越大，数字越清晰、变化越少，且每步需计算网络两次。',
    which: '这是哪个数字？',
    lead: '在相同的噪声下，分别给定每个数字计算扩散模型的下界，再换算成后验分布。',
    perClass: '每个数字的网络调用次数',
    posterior: '数字的后验分布',
    probability: '概率（假定它是数字）',
    beyond: (models) =>
      `假定它是数字：在 ${models} 看来，这张图的 ELBO 低于每一张测试图像。它究竟是什么，这些模型无法判断。`,
    rare: (models) => `假定它是数字：在 ${models} 看来，ELBO 这样低的测试图像不到百分之一。`,
    pending: '这张图是否与测试图像相似，仍在计算中。',
    within: (models) =>
      `在 ${models} 看来，这张图的 ELBO 与测试图像一样高。但这并不说明它就是数字：笔画相同的字母也可能如此，而模型只回答它会是十个数字中的哪一个。`,
    untested: '这里没有模型在测试图像上评分过：它是不是数字，无从得知。',
  },
  named: {
    label: '类别',
    any: '任意',
    none: '无',
    givenLabel: '给定类别',
    unconditional: '不给定类别',
    given: (label) => `给定类别 ${label}`,
    guidanceNeeds: '要使用引导，须先选定类别。',
    guidanceDoes:
      '取 0 时，采样链忠实于模型本身；权重越大，类别越分明、变化越少，且每步需计算网络两次。',
    which: '这是哪一类？',
    lead: '在相同的噪声下，分别给定每个类别计算扩散模型的下界，再换算成后验分布。',
    perClass: '每个类别的网络调用次数',
    posterior: '类别的后验分布',
    probability: '概率（假定它属于这些类别）',
    beyond: (models) =>
      `假定它属于这些类别：在 ${models} 看来，这张图的 ELBO 低于每一张测试图像。它究竟是什么，这些模型无法判断。`,
    rare: (models) => `假定它属于这些类别：在 ${models} 看来，ELBO 这样低的测试图像不到百分之一。`,
    pending: '这张图是否与测试图像相似，仍在计算中。',
    within: (models) =>
      `在 ${models} 看来，这张图的 ELBO 与测试图像一样高。但这并不说明它属于这些类别：形状相近的其他图像也可能如此，而模型只回答它会是哪一类。`,
    untested: '这里没有模型在测试图像上评分过：它是否属于这些类别，无从得知。',
  },
  nameOf: (name) => NAMES.get(name) ?? name,
};
