import type { models as english } from './models.en.ts';
import { phrases } from './phrases.zh.ts';

export const models: typeof english = {
  open: '打开模型',
  dropHere: '把 ONNX 文件（或清单与文件的压缩包）放到这里，即可打开模型',
  close: '关闭',
  lead: '请提供 VAE 的 ONNX 文件（编码器和解码器，分为两个文件或同在一个文件，或仅解码器），或扩散模型的 ONNX 文件，以及存放权重的文件；也可以提供清单与文件的压缩包。文件只留在本浏览器中，不会上传。',
  choose: '选择文件…',
  more: '添加文件…',
  fromStart: '换其他文件',

  files: {
    title: '文件内容',
    opset: (opset, producer) =>
      producer ? `算子版本 ${opset}，由 ${producer} 导出` : `算子版本 ${opset}`,
    parameters: (count) => `${count} 个参数`,
    multiplyAdds: (count) => `每张图像 ${count} 次乘加`,
    inputs: '输入',
    outputs: '输出',
    unknownShape: '形状未知',
    scalar: '一个数',
    unreadable: (name) => `无法加载 ${name}。`,
    remove: (name) => `去掉 ${name}`,
    missing: (names) => `还需要：${names}。请拖到这里，或用按钮添加。`,
    nothing: '其中没有 ONNX 文件。',
    notProposed: '这些文件不能构成模型。',
    fromManifest: '清单中的模型',
  },

  entry: {
    title: '读取方式',
    name: '名称',
    kinds: {
      vae: (latents, size) => `VAE，${latents} 个隐变量，图像为 ${size}`,
      posterior: (latents, size) => `自编码器，编码为 ${latents} 个数，图像为 ${size}`,
      encoder: (latents, size) => `解码器，${latents} 个隐变量，图像为 ${size}`,
      hvae: (layers, size) => `层次 VAE，${layers} 层，图像为 ${size}`,
      ddpm: (classes, size) =>
        classes > 0
          ? `扩散模型，${classes} 个类别，图像为 ${size}`
          : `扩散模型，无类别，图像为 ${size}`,
    },
    roles: {
      encoder: '编码器',
      decoder: '解码器',
      network: '去噪网络',
      encoderData: '编码器的权重',
      decoderData: '解码器的权重',
      networkData: '网络的权重',
      density: '各类别的密度',
    },
    role: (file, role) => `${file} 是${role}`,
    fields: {
      'decoder.output': '解码器的输出',
      'decoder.condition': '解码器的类别',
      'encoder.image': '编码器接受的像素',
      'encoder.posterior': 'q(z|x)',
      'encoder.condition': '编码器的类别',
      'network.dataRange': '训练时的像素',
      'network.time': '噪声水平',
      'network.output': '网络的输出',
      'network.condition': '类别',
      parameterization: '预测的量',
    },
    values: {
      'decoder.output.name': '作为图像的值',
      'encoder.posterior.meanName': '作为 q(z|x) 均值的值',
      'encoder.posterior.spreadName': '作为 q(z|x) 离散程度的值',
      'network.output.name': '作为预测的值',
    },
    value: (name, operator, shape) => `${name}（${operator}，${shape}）`,
    isOutput: (name, shape) => `${name}（输出，${shape}）`,
    all: '全部设置（JSON）',
    apply: '应用',
    invalid: '这不是有效的 JSON。',
    refused: '这项更改不合适，没有采用。',
    guide: '文件的做法与相应的选择',
  },

  size: {
    title: '图像尺寸',
    why: (length) => `文件接受或给出 ${length} 个数，没有说明每行多少个`,
    of: (height, width, order) => `${height} × ${width}，${order}`,
    orders: { grey: '灰度', first: '彩色，逐通道排列', last: '彩色，逐像素排列' },
    other: '其他尺寸…',
    height: '高',
    width: '宽',
    channels: '像素的值',
    apply: '应用',
    differs: (count, length) => `这样有 ${count} 个值；文件有 ${length} 个。`,
  },

  phrases,

  check: {
    title: '模型的表现',
    running: (seconds) => `正在独立的工作线程中用示例运行模型，最多 ${seconds} 秒。`,
    cannot: '无法加载此模型。',
    cannotFile: '无法加载此文件。',
    late: (seconds) => `${seconds} 秒后仍未完成，已停止。`,
    retry: '重试',
    longer: '给它更多时间',
    well: '没有发现问题。',
    wrong: '可能有问题之处',
    better: '照此更改',
    elbo: (nats) => `示例的平均 ELBO：${nats} 奈特。`,
    pictures: {
      prior: '先验样本的解码结果',
      examples: '示例图画',
      reconstructions: '编码后再解码',
      noised: '加噪的图画',
      denoised: '网络的去噪预测',
      samples: '短链的终点',
    },
    warnings: {
      'sigmoid-before-logits': '所谓对数几率其实已是概率。',
      'logits-in-unit-range': '所谓对数几率看起来是概率。',
      'logits-in-signed-range': '所谓对数几率看起来是 [−1, 1] 内的像素。',
      'outside-range': '像素超出了取值范围。',
      'not-finite': '有些值不是有限的数。',
      'decoder-ignores-z': '图像几乎不随 z 变化。',
      'posterior-ignores-x': 'q(z|x) 几乎不随 x 变化。',
      'posterior-wider-than-prior': 'q(z|x) 比先验更宽。',
      'kl-zero': 'KL 为零。',
      'input-scale': '编码器接受的像素似乎不是这样。',
      'poor-reconstruction': '编码再解码后图像丢失了。',
      'bound-too-low': '下界远低于训练好的模型。',
      'bound-above-zero': '下界大于零。',
      'other-reading-is-better': '换一种读取方式效果更好。',
      'poor-denoising': '网络没有去噪。',
      'class-has-no-effect': '类别不起作用。',
      'flat-samples': '链的终点是没有结构的图像。',
    },
  },

  use: '使用此模型',
  lacks: {
    encoder: '没有编码器：滑块、从 A 到 B 的路径和地图可用；需要 q(z|x) 的重构和下界不可用。',
    posterior: '没有 q(z|x) 的离散程度：自编码器能解码和重构，但不是图像概率的模型，没有下界。',
  },

  own: {
    title: '您的模型',
    none: '您打开的模型会列在这里。',
    kept: (megabytes) => `${megabytes} MB，保存在本浏览器中`,
    unkept: (megabytes) => `${megabytes} MB，页面关闭前可用`,
    rename: (name) => `${name} 的名称`,
    show: '显示',
    export: '导出',
    remove: '移除',
    confirm: '永久移除',
    noRoom:
      '本浏览器的存储空间放不下此模型。页面关闭前可以使用；要保留它，请导出，或移除其他模型。',
    noStore: (reason) => `本浏览器不在此保存模型（${reason}）。打开的模型在页面关闭前可以使用。`,
  },

  picker: {
    label: '模型',
    shipped: '本站',
    own: '您自己的',
    open: '打开模型…',
    compared: '参与比较的模型',
  },

  latents: {
    slidersHint:
      '已知时按信息量从多到少排列；色条是在示例图画或您的图片上与先验的平均 KL。双击或按 Delete 键可将其归零。',
    kl: (nats) => `在用于排序的图片上 KL 为 ${nats} 奈特`,
    rank: '按您的图片排序…',
  },

  missing: {
    title: (name) =>
      name
        ? `此链接用到名为 ${name} 的模型，它不在本浏览器中。`
        : '此链接用到的模型不在本浏览器中。',
    ask: '它是从文件打开的。如果您有该文件或其导出的压缩包，请在这里打开。',
    open: '打开其文件…',
    other: '使用本站的模型',
    notIt: '这不是链接所用的模型：校验和不同。',
    otherReading: '文件与链接所用的相同，但读取方式不同：数值可能不一样。',
  },

  errors: {
    ArchiveError: '无法读取压缩包。',
    QuotaExceededError: '本浏览器的存储空间不足。',
  },
};
