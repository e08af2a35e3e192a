import type { About } from './facts.ts';

/** README.txt: what the archive is and how it is verified, for whoever opens it in twenty years. */
export function readmeOf({ seq, head, redacted, case: caseId }: About, caseNo: string): Uint8Array {
  const lines = [
    `个案卷宗 ${caseNo}`,
    '',
    `个案编号 case: ${caseId}`,
    `事件数 events: ${seq}`,
    `末事件哈希 hash of the last event: ${head}`,
    ...(redacted
      ? ['已隐去个人信息：事件内容未附，只附其承诺值。 Redacted: payloads are withheld, their commitments remain.']
      : []),
    '',
    '给人看：时间线.html（浏览器打开，不联网）、dossier.pdf。',
    '给程序看：manifest.json 及其列出的文件；格式见 Linli 的 docs/dossier.md。',
    '核验：npx linli dossier verify 卷宗.zip；或独立程序 python3 verify_dossier.py 卷宗.zip。均不需要网络和数据库。',
    '核验只能证明卷宗前后一致。它是否就是当年的记录，要拿末事件的序号和哈希同别处留存的对照（检查点、月结单、更早的卷宗）。',
    '',
    'For people: 时间线.html (any browser, offline) and dossier.pdf.',
    'For programs: manifest.json and the files it lists; the format is docs/dossier.md of Linli.',
    'To verify, offline and without a database: npx linli dossier verify FILE, or python3 verify_dossier.py FILE.',
    'Verifying proves that the dossier agrees with itself. Whether it is the record as it was, the number and hash of the last',
    'event tell, compared with what was kept elsewhere: a checkpoint, a monthly statement, an earlier dossier.',
    '',
  ];
  return Buffer.from(lines.join('\n'));
}
