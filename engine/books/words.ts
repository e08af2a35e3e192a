import { MOST_FEN } from './entry.ts';

const DIGITS = '零壹贰叁肆伍陆柒捌玖';
const IN_GROUP = ['', '拾', '佰', '仟'];
const GROUPS = ['', '万', '亿'];

/**
 * An amount in words as vouchers and receipts want it (大写), after 正确填写票据和结算凭证的基本规定 of 支付结算办法 (银发〔1997〕393号):
 * up to yuan or jiao it ends in 整, with fen it does not (rule 2); one 零 for any noughts within the figure (rule 3),
 * also where yuan end in nought or are nought before jiao and fen follow. Red ink begins with 负. Integer fen within ±10^13.
 * The rule is cited without its text at hand: compare it with the one in force. Throws RangeError for anything else.
 */
export function amountInWords(amountFen: number): string {
  if (!Number.isSafeInteger(amountFen) || Math.abs(amountFen) > MOST_FEN) {
    throw new RangeError(`No amount of a book: ${amountFen} fen.`);
  }
  const sign = amountFen < 0 ? '负' : '';
  const all = Math.abs(amountFen);
  const yuan = Math.floor(all / 100);
  const jiao = Math.floor(all / 10) % 10;
  const fen = all % 10;
  if (all === 0) return '零元整';
  const whole = yuan === 0 ? '' : `${integerInWords(yuan)}元`;
  if (jiao === 0 && fen === 0) return `${sign}${whole}整`;
  if (fen === 0) return `${sign}${whole}${gap(yuan, jiao)}${DIGITS[jiao]}角整`;
  if (jiao === 0) return `${sign}${whole}${yuan === 0 ? '' : '零'}${DIGITS[fen]}分`;
  return `${sign}${whole}${gap(yuan, jiao)}${DIGITS[jiao]}角${DIGITS[fen]}分`;
}

/**
 * Rule 3 (3) leaves to the writer whether 零 stands between yuan that end in nought and jiao (壹仟陆佰捌拾元零叁角贰分 or without);
 * with it nothing can be squeezed in.
 */
function gap(yuan: number, jiao: number): string {
  return yuan > 0 && yuan % 10 === 0 && jiao > 0 ? '零' : '';
}

/** A whole number in the digits of vouchers, by groups of four. */
function integerInWords(value: number): string {
  let words = '';
  let rest = value;
  let wasShort = false;
  for (let group = 0; rest > 0; group++) {
    const four = rest % 10_000;
    rest = Math.floor(rest / 10_000);
    // one 零 stands for noughts between groups, none for those at the end of the whole figure
    if (four > 0) words = `${groupInWords(four)}${GROUPS[group]}${wasShort && words ? '零' : ''}${words}`;
    wasShort = four < 1_000;
  }
  return words;
}

function groupInWords(four: number): string {
  let words = '';
  for (let place = 3; place >= 0; place--) {
    const digit = Math.floor(four / 10 ** place) % 10;
    if (digit > 0) words += `${DIGITS[digit]}${IN_GROUP[place]}`;
    else if (words && !words.endsWith('零') && four % 10 ** place > 0) words += '零';
  }
  return words;
}
