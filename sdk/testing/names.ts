/** The commonest surnames, which more than nine in ten people have. */
const SURNAMES = new Set(
  '王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚',
);

/** Members of acts and parties that hold the name of a person. */
const NAMED = new Set(['name', 'witness', 'payee', 'payer', 'donor', 'buyer', 'proposer']);

/** An official, or somebody spoken of with respect: `张三丰书记`, `李小红同志`. */
const TITLED = /([\p{Script=Han}])[\p{Script=Han}]{1,2}(?=同志|书记|主任|先生|女士|老师)/gu;

/**
 * Full names of people in a value: what parties and witnesses are called, and names before a title in its texts. A surname with
 * 某 (周某, 李某甲), a form of address (王大爷) and a group (志愿者) is none. It errs on the side of missing one.
 */
export function realNames(value: unknown, member = ''): string[] {
  if (typeof value === 'string') return NAMED.has(member) ? fullName(value) : titled(value);
  if (typeof value !== 'object' || value === null) return [];
  // a `name` of a program is a text in two languages, not a person
  if (Array.isArray(value)) return value.flatMap((each) => realNames(each));
  return [...new Set(Object.entries(value).flatMap(([key, inner]) => realNames(inner, key)))];
}

const ADDRESS = /[某甲乙丙丁爷奶叔婶姨哥姐伯妈爸师医护傅家村组队店铺社户]/u;

function fullName(text: string): string[] {
  const name = text.trim();
  const looks = /^\p{Script=Han}{2,3}$/u.test(name) && SURNAMES.has(name[0] ?? '') && !ADDRESS.test(name.slice(1));
  return looks ? [name] : [];
}

function titled(text: string): string[] {
  return [...text.matchAll(TITLED)].flatMap(([found]) => fullName(found));
}
