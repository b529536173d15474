/** The palette: contrast as WCAG measures it, and accents that stay apart for every kind of colour vision. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [lightCss = '', chosenCss = '', darkCss = ''] = css.split(/@media screen/);
const colours = (text: string) =>
  Object.fromEntries(
    Array.from(text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g), ([, name = '', hex = '']) => [
      name,
      hex,
    ]),
  );
const light = colours(lightCss);
const SCHEMES = { light, dark: { ...light, ...colours(darkCss) } };

it('has one dark scheme, be it chosen or the system’s', () => {
  expect(Object.keys(colours(darkCss)).length).toBeGreaterThan(10);
  expect(colours(chosenCss)).toEqual(colours(darkCss));
});

const ACCENTS = ['vae', 'hvae', 'ddpm', 'inference'];

type Triple = [number, number, number];

const linear = (hex: string): Triple => {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
};
const times = (matrix: Triple[], [a, b, c]: Triple): Triple =>
  matrix.map(([x, y, z]) => x * a + y * b + z * c) as Triple;

function contrast(first: string, second: string): number {
  const luminance = (hex: string) => times([[0.2126, 0.7152, 0.0722]], linear(hex))[0];
  const [low = 0, high = 0] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** What a colour looks like without one kind of cone, in linear sRGB (Machado, Oliveira & Fernandes 2009, severity 1). */
const VISION: Record<string, Triple[]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Ottosson's Oklab, in which a distance of 0.02 is about the least that can be seen side by side. */
function oklab(rgb: Triple): Triple {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones.map(Math.cbrt) as Triple,
  );
}

const seen = (hex: string, vision: Triple[]) =>
  oklab(times(vision, linear(hex)).map((value) => Math.min(1, Math.max(0, value))) as Triple);

it('measures contrast as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

describe.each(Object.entries(SCHEMES))('%s', (_, scheme) => {
  const of = (name: string) => {
    const hex = scheme[name];
    if (!hex) throw new Error(`no colour --${name}`);
    return hex;
  };

  it.each(['ink', 'ink-soft', 'error', ...ACCENTS])(
    '%s can be read as text on every surface',
    (name) => {
      for (const surface of ['page', 'surface', 'sunken', 'error-surface']) {
        expect(contrast(of(name), of(surface)), surface).toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  it.each(ACCENTS)('%s can be written on', (name) => {
    expect(contrast(of('on-accent'), of(name))).toBeGreaterThanOrEqual(4.5);
  });

  it('draws graphics that can be made out', () => {
    for (const surface of ['page', 'surface', 'sunken']) {
      expect(contrast(of('line-strong'), of(surface)), surface).toBeGreaterThanOrEqual(3);
    }
    expect(contrast(of('on-picture'), of('picture'))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.entries(VISION))('keeps the models apart: %s', (_, vision) => {
    for (const [i, first] of ACCENTS.entries()) {
      for (const second of ACCENTS.slice(i + 1)) {
        const [a, b] = [seen(of(first), vision), seen(of(second), vision)];
        expect(
          Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]),
          `${first}, ${second}`,
        ).toBeGreaterThan(0.09);
      }
    }
  });
});
