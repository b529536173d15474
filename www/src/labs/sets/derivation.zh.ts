/** The derivation of the data set lab in Chinese. */
import type { DerivationText } from '../derivation.ts';
import type { derivation } from './derivation.ts';

export const text: DerivationText<typeof derivation> = {
  title: '推导：每张图像一个数值，以及两个数据集的比较',
  lead: '下界是一张图像的一个数。在整个数据集上它有一个分布；比较两个分布不需要知道它们的形状。',
  symbols: {
    s: '一张图像的数值',
    mean: '对图像取的均值',
    images: '各张图像',
    area: '曲线下面积',
    curve: 'ROC 曲线',
  },
  steps: {
    images: {
      title: '每张图像有自己的种子',
      text: [
        '每张图像有自己的抽样，由种子和它在数据集中的编号确定。因此工作的先后和线程的多少都不会改变任何一个比特：',
        '数值在图像之间的离散程度既包含图像的差异，也包含抽样的差异。均值的标准误对应于换一批同样多的图像、换一组抽样：',
      ],
    },
    apart: {
      title: '一个数值能把两个数据集区分到什么程度',
      text: [
        '数值不小于 $c$ 的图像判为阳性。随着 $c$ 下降，两个数据集中判为阳性的比例都从 0 升到 1：',
        '曲线下的面积等于第一个数据集的图像数值更高的概率，相等时计一半。用秩即可求得，不必遍历所有图像对：',
        '图像对并不独立，因为每张图像出现在许多对之中。DeLong 的标准误取两个样本各自位置值的离散程度：',
      ],
      wrong:
        '这并不成立：模型可能给另一类简单图像（例如空白图像）比训练图像更高的数值（Nalisnick 等 2019）。远低于一半的面积与远高于一半的面积同样说明问题。',
    },
  },
};
