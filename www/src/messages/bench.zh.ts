import type { BenchTexts } from './bench.en.ts';

export const bench: BenchTexts = {
  title: '基准测试',
  lead: '在这个浏览器里，用同样的文件轮流测量：本引擎与 onnxruntime-web 相比，并与 WebAssembly SIMD 的峰值相比。',
  notIsolated: (opener, embedder, serve) =>
    `onnxruntime-web 在这里只能使用单线程：要使用多线程，服务器须以响应头 \`${opener}\` 和 \`${embedder}\` 将页面与其他源隔离。\`${serve}\` 会发送这两个响应头。`,
  run: '运行',
  about: (turns, rounds) =>
    `需要几分钟：短的测量项各测 ${turns} 轮，长的各测 ${rounds} 轮。测量期间请勿运行其他程序。`,
  measuring: (what) => `正在测量：${what}……`,
  stages: {
    files: '文件',
    slider: '滑块',
    single: '单次网络调用',
    together: '多个状态同时计算，及其增长',
    loading: '加载',
    cores: '全部核心',
    profile: '各算子',
  },
  done: '测量完成。',
  frame: '正在测量其滑块的页面',
  refused: (option, asked, most) =>
    `网址要求 ${option} = “${asked}”；它必须是 1 到 ${most} 之间的整数。`,

  headings: ['测量项', 'ELBO Room', '对照', '比较', '目标', '达标'],
  colon: '：',
  yes: '是',
  no: '否',
  rows: {
    slider: '从滑块事件到画布绘制完成',
    network: 'U-Net 调用，单线程',
    decode: 'VAE 解码，单线程',
    encode: 'VAE 编码，单线程',
    peak: 'U-Net 的运算速度，按直接卷积计算',
    states: 'U-Net，下界的一项，4 个同时计算',
    draws: 'VAE 解码，8 个同时计算',
    passes: '层级 VAE，下界的一次抽样，8 个同时计算',
    guided: '使用引导的一步',
    fits: (iterations) => `推断实验室，每次 10 个样本迭代 ${iterations} 次，取最慢的目标与分布族`,
    memory: (runs) => `载入两个模型的 Worker 所占内存，以及每个网络运行 ${runs} 次后的增量`,
    load: 'U-Net 从 ONNX 字节到就绪，在已载入 VAE 的新 Worker 中',
    chains: (chains, steps, cores) =>
      `${chains} 条 ${steps} 步的采样链，${cores === 1 ? '单核' : `全部 ${cores} 个核心`}`,
    bound: (timesteps) => `T = ${timesteps} 时遍历每个 t 的下界，全部核心`,
  },
  peers: {
    simd: 'SIMD 峰值',
    threads: (engine, threads) => `${engine}，${threads === 1 ? '单线程' : `${threads} 个线程`}`,
    alone: '逐个计算',
    unguided: '不使用引导',
    batch: (peer, batch) => `${peer}，批大小 ${batch}`,
    evaluations: (peer, evaluations) => `${peer}，网络调用 ${evaluations} 次`,
  },
  verdicts: {
    time: '耗时',
    share: '占比',
    throughput: '吞吐量',
    growth: '增量',
    late: '第 95 百分位数',
    median: '中位数',
  },

  agreement: {
    title: '结果一致',
    about: '同一输入下，两个引擎输出之间的最大绝对差。',
    outputs: {
      clean: '预测的干净图像',
      decoded: '解码出的像素均值',
      means: '编码出的均值',
      logVariances: '编码出的对数方差',
    },
    within: (output, difference, tolerance) => `${output}：${difference}（未超过 ${tolerance}）`,
    beyond: (output, difference, tolerance) => `${output}：${difference}（超过 ${tolerance}）`,
  },
  growth: {
    title: '增长',
    batch: 'U-Net，下界的一项，按同时计算的状态数',
    grid: '一条采样链的一步，按网格中的链数',
    timesteps: '遍历每个 t 的下界，单线程，按 T',
    count: '数量',
    headings: ['耗时', '与第一个之比', 'Worker 的内存'],
  },
  unknownBrowser: '未知的浏览器',
  engines: (ours, peer) => `elbo-room ${ours} 与 onnxruntime-web ${peer}`,
  machine: (browser, cores, threads) =>
    `${browser}，${cores} 个核心，onnxruntime-web 使用${threads === 1 ? '单线程' : `至多 ${threads} 个线程`}`,
  setting: (engines, machine, repetitions) => `${engines}，${machine}；${repetitions}`,
  repetitions: (turns, rounds) =>
    `数值为 ${turns} 轮（长的测量项为 ${rounds} 轮）的中位数和四分位数。`,
};
