import type { Messages } from './en.ts';

/** Pictures of any size, in Simplified Chinese. */
export const images: Messages['images'] = {
  size: (width, height, colour) => `${width} × ${height} 像素${colour ? '，彩色' : ''}`,
  format: (size, centred) =>
    centred ? `${size}；笔迹按 MNIST 数字的方式居中并缩放。` : `${size}；笔迹保持在所画的位置。`,
  formats: '按此规格的模型准备',
  invite: '在这里绘制',
  resampled: (from, to) => `已为此模型重采样：从 ${from} 到 ${to}。`,
  mixed: '这些模型的图像大小不同：各自的数值对应不同的图像，不构成同一排名。',
  tooLarge: '网址装不下这样大的图像：重新加载或通过链接打开后，这里将换成第一个示例。',
};
