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
  keeping: {
    browser:
      '网址装不下这样大的图像：它保存在本浏览器中，在这里打开此网址即可再次看到；在别处则换成第一个示例。',
    page: '网址装不下这样大的图像，本浏览器也没有空间保存它：重新加载或通过链接打开后，这里将换成第一个示例。',
  },
  lost: '此网址的图像太大，网址装不下，也不在本浏览器中：请重新上传。这里换成了第一个示例。',
  placing: {
    label: '在图像中的位置',
    options: { kept: '保持原样', centred: '居中' },
    unknown: (size) => `${size}。`,
    standard: (size) => `${size}；黑底浅色笔迹，按 MNIST 数字的方式居中并缩放。`,
    kept: (size, faults) => `${size}，保持原样。与 MNIST 不同：${faults}。`,
    range: (ground, peak) => `灰度从 ${ground}（底色）到 ${peak}，而 MNIST 为 0 到 255`,
    offset: (pixels) => `笔迹偏离中心 ${pixels} 像素`,
    length: (pixels) => `笔迹长 ${pixels} 像素，而 MNIST 为 20 像素`,
    twoLevels: '只有两级灰度，没有中间值',
  },
  altered: '此浏览器出于防追踪保护，会极轻微地改动图像的灰度：数值的末位可能不同。',
  crop: {
    title: '裁剪图像',
    again: '裁剪',
    lead: '请把方框移到数字周围。',
    leadSeveral: '图中有多个数字：请选择一个，或把方框移到它周围。',
    leadShapeless: '图中没有明显的数字：请用方框紧紧框住一个数字。',
    frame: '方框',
    keys: '拖动方框或其四角，也可以画一个新方框。用键盘时：方向键移动方框，按住 Shift 移动其右下角；按住 Alt 步幅更小。',
    place: (x, y, width, height) => `方框位于左起 ${x}、上起 ${y}；${width} × ${height} 像素。`,
    region: (index) => `第 ${index} 个数字`,
    result: '识别结果',
    found: '一个数字。',
    several: '有多个数字：请缩小方框。',
    shapeless: '这里没有明显的数字。请换个位置，或按原样使用。',
    blank: '方框内几乎只有一种颜色：里面什么也没有。',
    take: '使用这个数字',
    takeFrame: '使用这一部分',
    whole: '按原样使用方框内容',
    cancel: '取消',
  },
};
