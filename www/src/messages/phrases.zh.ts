/** What the crate says of files, by its code; crate/src/model/phrase/english.rs has the English. */
export const phrases: Record<string, string> = {
  'file-refused': '{file}：{reason}',
  'file-unknown':
    '{file} 接受 {inputs}，给出 {outputs}：图像模型要么接受图像或隐变量并给出另一个，要么接受加噪图像和噪声水平',
  'decoder-missing': '{file} 看起来是编码器：缺少由隐变量得到图像的解码器',
  'cut-at-code': '{file} 含有两半网络：在“{value}”处切开，图像只由它的 {latents} 个数生成',
  'whole-autoencoder':
    '{file} 接受图像并给出图像，中间没有更小的编码：请把从隐变量开始的解码器单独导出为一个文件',
  'encoder-missing': '没有编码器：隐变量实验室和先验样本可用，q(z|x) 和下界不可用',
  'encoder-size-differs': '编码器 {file} 接受的图像与解码器给出的尺寸不同：不使用它',
  'encoder-latents-differ':
    '{file} 接受 {inputs}，给出 {outputs}，但解码器接受 {latents} 个隐变量：不使用该编码器',

  'decoder-by-shape': '{file} 接受 {latents} 个数，给出一张图像',
  decoder: '解码器',
  'class-vector': '此外，输入“{input}”有 {count} 个数',
  'class-number': '输入“{input}”对每张图像是一个数',
  'a-class': '类别',

  'pixels-unit': '像素在 [0, 1] 内',
  'pixels-signed': '像素在 [-1, 1] 内',
  'pixels-mnist': 'MNIST 的归一化（均值 0.1307，标准差 0.3081）',
  'pixels-bytes': '像素为 0 到 255',
  'encoder-as-decoder': '解码器给出 [-1, 1] 内的像素，因此认为编码器接受的也是这样',
  'usual-scale': '像素的常用范围；检查时会与其他范围比较重构结果',
  'usual-range': '几乎所有扩散模型都用 [-1, 1] 内的像素训练',

  'two-outputs': '输出“{output}”和“{spread}”都是图像的形状',
  'is-sigmoid':
    '“{output}”是“{before}”经 sigmoid 得到的，所以后者是对数几率；这类模型大多用灰度的交叉熵训练，那不是似然，这里按二值像素的模型读取',
  'in-unit-range': '“{output}”来自 {operator}：取值在 [0, 1] 内',
  'is-tanh': '“{output}”是 tanh 的结果：取值在 [-1, 1] 内',
  'output-called': '输出名为“{output}”',
  'no-activation': '“{output}”之前没有激活函数：检查时会把它的值与两种情形比较',
  'gaussian-fitted': '高斯分布的均值，在 [{low}, {high}] 内，σ 按每张图像拟合',
  'gaussian-own': '高斯分布，在 [{low}, {high}] 内，每个像素有自己的 σ',
  'grey-cross-entropy': '灰度的交叉熵，不是似然',
  'discretized-logistic': '离散化的逻辑斯谛分布',
  'logits-before-sigmoid': '二值像素的对数几率，取自 sigmoid 之前',
  'binary-logits': '二值像素的对数几率',
  'binary-probabilities': '二值像素的概率',
  'binary-signed': '二值像素的概率，写成 [-1, 1] 内的数',

  'two-vectors': '{file} 给出“{mean}”和“{spread}”，各有 {latents} 个数',
  stacked: '{file} 的“{output}”含有两组各 {latents} 个数',
  'drawn-code': '{file} 随机抽取编码；“{mean}”和“{spread}”由同一个值算出，各有 {latents} 个数',
  'lone-code': '{file} 给出 {latents} 个数的编码，没有离散程度：自编码器没有 q(z|x)，也没有下界',
  'mean-then-log-var': '先均值，后对数方差',
  'mean-then-log-std': '先均值，后对数标准差',
  'mean-then-std': '先均值，后标准差',
  'log-var-then-mean': '先对数方差，后均值',
  'mean-and-log-var': '均值和对数方差',
  'mean-and-log-std': '均值和对数标准差',
  'mean-and-std': '均值和标准差',
  'mean-and-var': '均值和方差',
  'code-alone': '只有编码，没有离散程度',

  'half-variance': '“{output}”的通道数是图像的两倍：后一半与每步的方差有关，这里不用',
  'first-half': '前一半',
  'prediction-by-name': '输出名为“{output}”；大多数网络预测噪声 ε',
  'predicts-epsilon': 'ε',
  'predicts-x0': 'x_0',
  'predicts-v': 'v',

  'input-called': '输入名为“{input}”',
  'time-row-of-table': '“{input}”从 {rows} 行的表中取一行；训练时的 β 在文件中看不到',
  'time-integer': '“{input}”是整数；训练时的 β 在文件中看不到',
  'time-real-velocity': '“{input}”是实数，输出名为“{output}”',
  'time-real': '“{input}”是实数；检查时会比较它可能的含义',
  'chain-linear': 'β 从 0.0001 线性增到 0.02，共 {steps} 步',
  'chain-cosine': '余弦 β，共 {steps} 步',
  'timestep-of': '时间步；{chain}',
  'fraction-of': '时间步除以总步数；{chain}',
  flow: '流时间，数据处为 0',
  'flow-reversed': '流时间，数据处为 1',
  'flow-velocity': '流时间，数据处为 0，输出是速度',
  'flow-reversed-velocity': '流时间，数据处为 1，输出是速度',
  sigma: '噪声的 σ',
  edm: 'ln(σ)/4，按 EDM 的预处理',
  'log-snr': '对数信噪比',

  'inputs-beside': '除图像和时间外，还有输入“{input}”和“{mask}”',
  'input-beside': '除图像和时间外，还有输入“{input}”',
  'class-row-of-table': '“{input}”从 {rows} 行的表中取一行',
  'class-mask': '一个类别，“{mask}”= {absent} 表示无类别',
  'class-zeros': '{count} 个类别之一，全零表示无类别',
  'class-always': '{count} 个类别之一，总是给出',
  'class-last-row': '{count} 个类别之一，{rows} 行中的最后一行表示无类别',
  'class-extra': '{count} 个类别之一，编号 {count} 表示无类别',

  'sigmoid-before-logits':
    '“{output}”之前的值是 sigmoid：它已经是概率。请如实选择，或取 sigmoid 的输入“{before}”作为对数几率',
  'logits-in-unit-range':
    '解码器的值在 {low} 到 {high} 之间，全在 [0, 1] 内，却名为“{output}”：它们已经是概率。当作对数几率，每个概率都会在 0.5 到 0.73 之间',
  'logits-in-signed-range':
    '解码器的值在 {low} 到 {high} 之间，全在 [-1, 1] 内：当作对数几率，每个概率都会在 0.27 到 0.73 之间。它们像是 [-1, 1] 内的像素',
  'outside-range':
    '解码器的值在 {low} 到 {high} 之间，超出了设定的范围 [{least}, {most}]：可能是对数几率，或另一范围的像素',
  'decoder-not-finite': '对一个先验样本，解码器给出 {value}：权重已损坏，或者这不是所认为的文件',
  'encoder-not-finite':
    '编码器给出了非有限的值，或小于 0 的标准差：权重已损坏，或者输出不是所认为的量',
  'kl-not-finite': '与先验的 KL 不是有限的数：q(z|x) 的离散程度不是所认为的量',
  'draw-not-finite': '一个先验样本含有非有限的值',
  'decoder-ignores-z': '所有先验样本解码后都是同一张图像：被当作隐变量的输入不起作用',
  'posterior-ignores-x':
    'q(z|x) 在不同图画之间几乎不变：后验已坍缩，或者图像没有以训练时的单位送入编码器',
  'posterior-wide':
    '对每张图画，q(z|x) 的每个隐变量都比先验更宽：它的离散程度看来不是对数，而是标准差',
  'kl-zero': '对每张图画，与先验的 KL 都恰为 0：q(z|x) 就是先验，所以输出是常数',
  'better-pixels':
    '如果编码器看到的像素是这样，图画重构得更好（均方误差为 {better}，而不是 {present}）：{pixels}',
  'poor-reconstruction':
    '图画的重构（均方误差 {present}）还不如用平均图像（{mean}）：模型是用别的图像训练的，或者某个约定不对',
  'bound-below-coins':
    '图画的平均下界是 {bound} 奈特，低于对每个像素抛硬币的 {least} 奈特：训练好的模型不会这么差，所以某个约定不对',
  'bound-below-levels':
    '图画的平均下界是 {bound} 奈特，低于随机抽取每个灰度级的 {least} 奈特：训练好的模型不会这么差，所以某个约定不对',
  'bound-above-zero': '图画的平均下界是 {bound} 奈特，但概率最多为 1',

  'network-not-finite': '网络给出了非有限的值：权重已损坏，或者这不是所认为的文件',
  'class-without-effect': '对两个类别的预测相同：输入“{input}”看来不是类别',
  'better-reading':
    '如果{reading}，加噪的图画去噪更好：均方误差是最佳线性估计的 {better} 倍，而不是 {present} 倍',
  'reading-output': '输出是 {output}',
  'reading-time': '噪声水平是{time}',
  'reading-both': '输出是 {output}，噪声水平是{time}',
  'poor-denoising':
    '加噪的图画的去噪不如最佳线性估计（均方误差为其 {present} 倍）：网络是用别的图像训练的，或者某个约定不对',
  'flat-samples': '短链的终点是只有一个灰度级的图像：某个约定不对',
};
