import { spawnSync } from 'node:child_process';

/** What an audit comes to: nothing known, known faults, or nothing proven. */
export interface Told {
  readonly exit: 0 | 1 | 2;
  readonly lines: readonly string[];
}

/**
 * Says in words what `npm audit --json` answered: exit 0 where no package has a known fault, 1 where one has, 2 where the registry
 * does not answer audits, so that nobody takes silence for a good answer.
 */
export function toldOf(output: string): Told {
  const report = parsed(output);
  const counts = report?.metadata?.vulnerabilities;
  if (!counts) {
    const why = report?.error?.summary || report?.message || 'the answer is no report';
    return {
      exit: 2,
      lines: [
        `The registry does not answer audits (${why}): nothing is proven, neither good nor bad.`,
        'Ask a registry that does: npm_config_registry=<its address> npm run audit',
      ],
    };
  }
  const found = Object.entries(report?.vulnerabilities ?? {});
  if (found.length === 0) return { exit: 0, lines: ['No package in use has a fault the registry knows of.'] };
  return {
    exit: 1,
    lines: [
      ...found.map(([name, { severity, range }]) => `${severity}: ${name} ${range}`),
      'How soon each has to be mended: docs/security.md',
    ],
  };
}

interface Report {
  readonly metadata?: { readonly vulnerabilities?: object };
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>;
  readonly error?: { readonly summary?: string };
  readonly message?: string;
}

function parsed(output: string): Report | undefined {
  try {
    return JSON.parse(output) as Report;
  } catch {
    return undefined;
  }
}

if (process.argv[1]?.endsWith('packages-audit.ts')) {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const { exit, lines } = toldOf(stdout ?? '');
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = exit;
}
