import type { share as english } from './share.en.ts';

/** 分享菜单。 */
export const share: typeof english = {
  button: '分享',
  open: (title) => `分享“${title}”`,
  title: (title) => `分享：${title}`,
  unreachable: '无法加载菜单。联网后请重试。',
  close: '关闭',
  cancel: '取消',
  copy: '复制',
  copyLink: '复制链接',
  copyEmbed: '复制嵌入代码',
  whole: '在 ELBO Room 中打开',
  copyAs: (kind) => `复制 ${kind}`,
  groups: {
    link: '当前状态的链接',
    picture: '图像',
    strip: '过渡序列',
    film: '动画',
    chart: '图表',
    table: '数值',
    code: '代码',
  },
  languages: { python: 'Python 代码', javascript: 'JavaScript 代码' },
  filmNote: '最多 120 帧。',
  enlarged: (factor) =>
    factor === 1 ? '每个值一个像素' : `每个值 ${factor} × ${factor} 个像素，不做平滑`,
  working: '正在生成文件',
  saved: (name) => `已保存为 ${name}。`,
  copied: '已复制。',
  refused: '浏览器拒绝访问剪贴板。请改为保存文件，或复制地址栏中的地址。',
  notYet: '还没有可保存的内容：请等计算得出结果。',
  tooLarge: (side) => `这幅图像的边长会超过 ${side} 像素。请选择较小的放大倍数。`,
  noEncoder: '此浏览器没有这种视频的编码器。请选择 GIF 或另一种格式。',
  cancelled: '已取消。',
  failed: (reason) => `无法生成文件：${reason}`,
};
