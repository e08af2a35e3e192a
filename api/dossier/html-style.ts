/** The style sheet of 时间线.html: inside the file, for screens of any width and for A4 paper. */
export const style = `
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:72rem;background:#fff;color:#16202b;font:16px/1.6 "Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif}
h1{font-size:1.7rem;margin:0 0 .2rem}
h2{font-size:1.2rem;margin:2.2rem 0 .6rem;padding-bottom:.2rem;border-bottom:2px solid #1f5f8b}
h3{font-size:1rem;margin:1.2rem 0 .4rem}
.en{color:#566472;font-size:.86em}
h1 .en,h2 .en{font-weight:400;font-size:.7em;margin-left:.6em}
p{margin:.4rem 0}
.mark{display:inline-block;background:#7a1f1f;color:#fff;padding:0 .6em;border-radius:3px}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.2rem 1rem;margin:.6rem 0}
dt{color:#44515e}
dd{margin:0;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .5rem;border-bottom:1px solid #d5dbe1;overflow-wrap:anywhere}
th{background:#eef2f5;font-weight:600}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td.when{white-space:nowrap;font-variant-numeric:tabular-nums}
td .en{display:block}
code{font:.82em/1.4 ui-monospace,Consolas,monospace;color:#44515e;overflow-wrap:anywhere}
tr.system td{color:#44515e}
.red{color:#a11}
.scroll{overflow-x:auto}
@media (max-width:40rem){body{font-size:15px}dl{grid-template-columns:1fr}dt{margin-top:.4rem}table.events thead{display:none}table.events tr{display:block;border-bottom:1px solid #b9c2cb;padding:.4rem 0}table.events td{display:block;border:0;padding:.05rem 0;text-align:left}}
@media print{@page{size:A4;margin:14mm 12mm}body{max-width:none;padding:0;font-size:9.5pt;line-height:1.45}h2{break-after:avoid}thead{display:table-header-group}tr{break-inside:avoid}a{color:inherit;text-decoration:none}.scroll{overflow:visible}}
`;
