import { seededRandom } from './numbers.ts';

const phrases = [
  '今天上门陪他聊了一会儿',
  '他愿意开门了',
  '志愿者带来了手工材料',
  '一起做了一个笔筒',
  '天气好，在院子里坐了坐',
  '说到以前的同学，笑了',
  '下次想试试钥匙扣',
  '药按时吃了',
];

/** Notes of a few phrases each, the same for the same seed, none twice. */
export function noteTexts(seed: number): () => string {
  const random = seededRandom(seed);
  let n = 0;
  return () => {
    n += 1;
    const words = Array.from({ length: 3 }, () => phrases[Math.floor(random() * phrases.length)]);
    return `${n}:${words.join(',')}。`;
  };
}
